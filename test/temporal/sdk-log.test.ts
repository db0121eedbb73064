import { describe, expect, test } from "@jest/globals";

import { TocsinError } from "../../src/errors.js";
import { sdkLine } from "../../src/temporal/sdk-log.js";

const ACTIVITY = {
  isLocal: false,
  attempt: 3,
  namespace: "tocsin",
  taskToken: "CiQ".repeat(100),
  activityId: "17",
  activityType: "record",
  taskQueue: "tocsin",
  workflowId: "incident:kohakku/controller",
  workflowRunId: "0198",
  workflowType: "incident",
  sdkComponent: "worker",
  durationMs: 301,
};

describe("what the SDK logs", () => {
  test("of an activity that failed is whose it was, how often, and why", () => {
    const error = new TocsinError("STO-001", "store 127.0.0.1:5432/tocsin: connect ECONNREFUSED");
    expect(sdkLine("Activity failed", { ...ACTIVITY, error })).toEqual({
      text: "activity record of incident:kohakku/controller failed, attempt 3: STO-001 store 127.0.0.1:5432/tocsin: connect ECONNREFUSED",
      fields: {},
    });
  });

  test("does not count a first attempt", () => {
    const { text } = sdkLine("Activity failed", { ...ACTIVITY, attempt: 1, error: new Error("no") });
    expect(text).toBe("activity record of incident:kohakku/controller failed: no");
  });

  test("is one line of bounded length, whatever was thrown", () => {
    const { text } = sdkLine("Activity failed", { ...ACTIVITY, error: `first\nsecond ${"x".repeat(5_000)}` });
    expect(text).not.toContain("\n");
    expect(text.length).toBeLessThan(400);
  });

  test("of a workflow's own lines is what it said, after its id", () => {
    const meta = {
      sdkComponent: "workflow",
      namespace: "tocsin",
      taskQueue: "tocsin",
      workflowId: "incident:kohakku/controller",
      runId: "0198c9a4",
      workflowType: "incident",
      lane: "15000",
    };
    expect(sdkLine("comment: 'text' is missing", meta)).toEqual({
      text: "incident:kohakku/controller: comment: 'text' is missing",
      fields: { lane: "15000" },
    });
    expect(sdkLine("a sweep was given up", { ...meta, error: "lost" }).text).toBe(
      "incident:kohakku/controller: a sweep was given up: lost",
    );
  });

  test("of anything else keeps what it says, without tokens and numbers that nobody can use", () => {
    const meta = { ...ACTIVITY, error: new Error("nondeterminism") };
    expect(sdkLine("Failing workflow task", meta)).toEqual({
      text: "temporal: Failing workflow task: nondeterminism",
      fields: {
        attempt: 3,
        activityType: "record",
        workflowId: "incident:kohakku/controller",
        workflowRunId: "0198",
      },
    });
    expect(sdkLine("Poll failed")).toEqual({ text: "temporal: Poll failed", fields: {} });
  });
});
