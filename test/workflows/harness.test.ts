import { describe, expect, it } from "@jest/globals";
import { HARNESS_WORKFLOWS, startHarnessWorkflow } from "../support/harness-workflows/start.js";
import { workflowBundle } from "../support/workflow-bundle.js";
import { EPOCH, openWorld, WorkflowTaskFailure } from "../support/workflow-harness.js";

const probing = { activities: { probe: (input: { readonly n: number }) => `reading ${String(input.n)}` } };

describe("virtual time", () => {
  it("stands still until it is moved", async () => {
    const wf = await startHarnessWorkflow({ type: "drifting" });
    await wf.settle();
    expect(wf.now()).toBe(EPOCH);
    expect(wf.pendingTimers().map(({ summary, fireAt }) => [summary, fireAt - EPOCH])).toEqual([
      ["a", 1_000],
      ["b", 2_000],
      ["c", 2_000],
    ]);
  });

  it("fires timers in the order of their times, then of their starts", async () => {
    const wf = await startHarnessWorkflow({ type: "drifting" });
    await wf.advance(10_000);
    expect(wf.result).toEqual(["a at 00:01", "b at 00:02", "c at 00:02"]);
    expect(wf.now()).toBe(EPOCH + 10_000);
  });

  it.each([
    { oneEventPerTask: false, tasks: 3 },
    { oneEventPerTask: true, tasks: 4 },
  ])(
    "delivers what falls on one instant in $tasks tasks when oneEventPerTask is $oneEventPerTask",
    async (row) => {
      const wf = await startHarnessWorkflow({ type: "drifting", oneEventPerTask: row.oneEventPerTask });
      await wf.advance(10_000);
      expect(wf.books.workflowTasks).toBe(row.tasks);
      expect(wf.result).toEqual(["a at 00:01", "b at 00:02", "c at 00:02"]);
    },
  );

  it("refuses to run backwards", async () => {
    const wf = await startHarnessWorkflow({ type: "drifting" });
    await expect(wf.advance(-1)).rejects.toThrow("virtual time does not run backwards");
  });

  it("carries a workflow through an hour of its loop", async () => {
    const wf = await startHarnessWorkflow({
      type: "poller",
      args: [{ limit: 1_000 }],
      ...probing,
      latencyMs: { probe: 200 },
    });
    await wf.advance(3_600_000);
    expect(await wf.query("count")).toBe(120);
    expect(wf.activityCalls("probe").at(-1)).toMatchObject({
      input: { n: 119 },
      at: EPOCH + 119 * 30_200,
      attempt: 1,
      summary: "probe it",
    });
    await wf.signal("stop");
    expect(wf.result).toHaveLength(120);
  });

  it("gives the same run the second time", async () => {
    const results = await Promise.all(
      [1, 2].map(async () => {
        const wf = await startHarnessWorkflow({ type: "patching" });
        await wf.advance(5_000);
        return { result: wf.result, books: { ...wf.books, history: undefined } };
      }),
    );
    expect(results[0]).toEqual(results[1]);
  });
});

describe("replay", () => {
  it("rebuilds a workflow in mid-flight, which then goes on", async () => {
    const wf = await startHarnessWorkflow({ type: "poller", args: [{ limit: 3 }], ...probing });
    await wf.advance(40_000);
    await wf.replay();
    await wf.advance(60_000);
    expect(wf.result).toEqual(["reading 0", "reading 1", "reading 2"]);
  });

  it("keeps patches as they were decided", async () => {
    const wf = await startHarnessWorkflow({ type: "patching" });
    await wf.advance(1_500);
    await wf.replay();
    await wf.advance(1_500);
    expect(wf.result).toMatch(/^new /);
    expect(wf.logs).toEqual([expect.objectContaining({ level: "info", message: "went" })]);
    await wf.replay();
    expect(wf.logs).toHaveLength(1);
    expect(wf.searchAttributes).toEqual({ TemporalChangeVersion: "new-way" });
  });

  it("tells of commands that differ from the record", async () => {
    const wf = await startHarnessWorkflow({ type: "leaking" });
    await expect(wf.replay()).rejects.toThrow(
      /replay differs at workflow task 1\nrecorded:\n.*"seconds":"1"/,
    );
  });
});

describe("a fault in workflow code", () => {
  it("fails the task loudly and names the source line", async () => {
    const wf = await startHarnessWorkflow({ type: "throwing" });
    const fault = await wf.advance(2_000).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(WorkflowTaskFailure);
    expect((fault as Error).message).toBe(
      "workflow task of throwing (throwing) failed: nobody expected this",
    );
    expect((fault as Error).stack).toMatch(/harness-workflows\/odds\.ts:\d+:\d+/);
    expect(wf.fault).toBe(fault);
    expect(wf.closing).toBeUndefined();
  });

  it("is loud for a workflow type that nobody exports", async () => {
    await expect(startHarnessWorkflow({ type: "nobody" })).rejects.toThrow("no such function is exported");
  });

  it("is loud for an activity without a stand-in", async () => {
    const wf = startHarnessWorkflow({ type: "poller", args: [{ limit: 1 }] });
    await expect(wf).rejects.toThrow("no stand-in for the activity probe");
  });
});

describe("several workflows on one clock", () => {
  it("signal each other through activities and directly", async () => {
    const { code } = await workflowBundle(HARNESS_WORKFLOWS);
    const world = await openWorld({
      bundleCode: code,
      activities: {
        probe: ({ n }: { readonly n: number }) => {
          const tally = { type: "counter", args: [{ total: 0, perRun: 100 }], workflowId: "tally" };
          world.signalWithStart(tally, "add", n);
          return "told";
        },
      },
    });
    await world.start({ type: "poller", args: [{ limit: 4 }], workflowId: "poller" });
    await world.advance(100_000);
    const notifier = await world.start({ type: "notifying", args: ["tally"], workflowId: "notifier" });
    expect(notifier.result).toBe("told");
    expect(await world.workflow("tally")?.query("total")).toBe(0 + 1 + 2 + 3 + 5);
    expect(world.workflow("nobody")).toBeUndefined();
    expect(world.signal("nobody", "add", 1)).toBe(false);
  });

  it("come back under the same id, but not within a second of the last start", async () => {
    const { code } = await workflowBundle(HARNESS_WORKFLOWS);
    const world = await openWorld({ bundleCode: code });
    const tally = { type: "counter", args: [{ total: 0, perRun: 100 }], workflowId: "tally" };
    await world.start(tally);
    world.signal("tally", "finish");
    await world.advance(999);
    expect(() => world.signalWithStart(tally, "add", 1)).toThrow("RESOURCE_EXHAUSTED");
    await world.advance(1);
    world.signalWithStart(tally, "add", 2);
    world.signalWithStart(tally, "add", 3);
    await world.advance(0);
    const [first, second, ...more] = world.workflows("tally");
    expect(more).toEqual([]);
    expect(first?.result).toBe(0);
    expect(await second?.query("total")).toBe(5);
    expect(second?.books.runId).not.toBe(first?.books.runId);
    await world.replay();
  });

  it("tell a workflow when the one it signals is not there", async () => {
    const wf = await startHarnessWorkflow({ type: "notifying", args: ["nobody"] });
    expect(wf.result).toMatch(/^not told: .*not found/);
  });
});
