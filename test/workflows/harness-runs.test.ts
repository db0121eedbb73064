import { describe, expect, it } from "@jest/globals";
import { startHarnessWorkflow } from "../support/harness-workflows/start.js";
import type { HarnessOptions, WorkflowHarness } from "../support/workflow-harness.js";

describe("continue-as-new", () => {
  const counter = (options: Partial<HarnessOptions> = {}): Promise<WorkflowHarness> =>
    startHarnessWorkflow({
      type: "counter",
      args: [{ total: 0, perRun: 3, padding: "x".repeat(1_000) }],
      ...options,
    });

  it("is followed, run by run, with the books of each", async () => {
    const wf = await counter();
    for (let n = 1; n <= 7; n++) await wf.signal("add", n);
    expect(await wf.query("total")).toBe(28);
    expect(wf.continuedAsNew).toBe(2);
    expect(wf.runs.map(({ closing, events, workflowTasks }) => [closing, events, workflowTasks])).toEqual([
      ["continuedAsNew", 17, 4],
      ["continuedAsNew", 17, 4],
      ["running", 8, 2],
    ]);
    expect(wf.runs.map(({ args }) => (args[0] as { readonly total: number }).total)).toEqual([0, 6, 21]);
    expect(new Set(wf.runs.map(({ runId }) => runId)).size).toBe(3);
    expect(wf.books.inputBytes).toBeGreaterThan(1_000);
    expect(wf.books.inputBytes).toBeLessThan(1_100);
    expect(wf.books.payloadBytes).toBeGreaterThan(wf.books.inputBytes);
    expect(wf.books.historyBytes).toBeGreaterThan(wf.books.payloadBytes);
  });

  it("carries memo and search attributes along", async () => {
    const wf = await counter({ memo: { owner: "eve" }, searchAttributes: { TocsinSystem: "house" } });
    await wf.deliverTogether([1, 2, 3].map((payload) => ({ signal: "add", payload })));
    expect(wf.continuedAsNew).toBe(1);
    expect(wf.memo).toEqual({ owner: "eve" });
    expect(wf.searchAttributes).toEqual({ TocsinSystem: "house" });
  });

  it("can be left unfollowed", async () => {
    const wf = await counter({ followContinueAsNew: false });
    await wf.deliverTogether([1, 2, 3].map((payload) => ({ signal: "add", payload })));
    expect(wf.closing).toMatchObject({ kind: "continuedAsNew" });
    expect(wf.runs).toHaveLength(1);
    await expect(wf.signal("add", 4)).rejects.toThrow("no running workflow");
  });

  it("hands a signal that comes right after it to the next run", async () => {
    const wf = await counter({ signals: [{ moment: "beforeNextRun", signal: "add", payload: 10 }] });
    await wf.deliverTogether([1, 2, 3].map((payload) => ({ signal: "add", payload })));
    expect(await wf.query("total")).toBe(16);
    expect(wf.runs.map(({ eventCounts }) => eventCounts.workflowExecutionSignaled)).toEqual([3, 1]);
    expect(wf.books.workflowTasks).toBe(1);
  });

  it("replays the run that is going on", async () => {
    const wf = await counter();
    for (let n = 1; n <= 4; n++) await wf.signal("add", n);
    await wf.replay();
    expect(await wf.query("total")).toBe(10);
  });
});

describe("a signal that races the end", () => {
  it("makes the server refuse the end, and is heard before it", async () => {
    const wf = await startHarnessWorkflow({
      type: "racing",
      signals: [
        { moment: "withStart", signal: "note", payload: "first" },
        { moment: "duringClosingTask", signal: "note", payload: "late" },
      ],
    });
    await wf.advance(10_000);
    expect(wf.result).toEqual(["first", "late"]);
    expect(wf.books.eventCounts).toMatchObject({ workflowTaskFailed: 1, workflowTaskCompleted: 2 });
    await wf.replay();
  });

  it("is heard whichever task it arrives in", async () => {
    const run = (duringTask?: number): Promise<WorkflowHarness> =>
      startHarnessWorkflow({
        type: "counter",
        args: [{ total: 0, perRun: 2 }],
        signals: duringTask === undefined ? [] : [{ moment: { duringTask }, signal: "add", payload: 100 }],
      }).then(async (wf) => {
        for (const n of [1, 2, 3]) await wf.signal("add", n);
        await wf.signal("finish");
        return wf;
      });
    const calm = await run();
    expect(calm.result).toBe(6);
    for (let task = 1; task <= calm.taskAttempts; task++) {
      const wf = await run(task);
      expect([task, wf.result]).toEqual([task, 106]);
    }
  });
});

describe("workers that are down", () => {
  it("lose nothing: what happened meanwhile comes in one task", async () => {
    const wf = await startHarnessWorkflow({
      type: "poller",
      args: [{ limit: 10 }],
      activities: { probe: ({ n }: { readonly n: number }) => n },
      latencyMs: { probe: 500 },
    });
    await wf.workersDown();
    await wf.advance(3_600_000);
    await wf.signal("stop");
    expect(wf.closing).toBeUndefined();
    await wf.workersUp();
    expect(wf.result).toEqual([0]);
    expect(wf.books.workflowTasks).toBe(2);
  });
});
