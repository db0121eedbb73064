import { describe, expect, it } from "@jest/globals";
import { startHarnessWorkflow } from "../support/harness-workflows/start.js";
import type { Step, WorkflowHarness } from "../support/workflow-harness.js";

const doorbell = (): Promise<WorkflowHarness> => startHarnessWorkflow({ type: "doorbell" });

describe("messages", () => {
  it("a signal is heard at once and may carry nothing", async () => {
    const wf = await doorbell();
    await wf.signal("acknowledge");
    expect(wf.result).toBe("nobody");
  });

  it("a query sees the state and leaves no trace", async () => {
    const wf = await doorbell();
    await wf.advance(125_000);
    const before = wf.books.events;
    expect(await wf.query("rings")).toBe(3);
    expect(wf.books.events).toBe(before);
    await expect(wf.query("nothing")).rejects.toThrow("did not register a handler for nothing");
  });

  it("an update answers", async () => {
    const wf = await doorbell();
    await wf.advance(70_000);
    await expect(wf.update("acknowledge", { by: "eve" })).resolves.toBe("acknowledged by eve after 2 rings");
    expect(wf.result).toBe("eve");
  });

  it("an update that its validator refuses leaves no event", async () => {
    const wf = await doorbell();
    const before = wf.books.events;
    await expect(wf.update("acknowledge", { by: "" })).rejects.toThrow("who are you?");
    expect(wf.books.events).toBe(before);
    await wf.replay();
  });

  it("an update that nobody handles is refused", async () => {
    const wf = await doorbell();
    await expect(wf.update("sing")).rejects.toThrow("No registered handler for update: sing");
  });

  it("an update may take its time, and its refusal may come late", async () => {
    const wf = await doorbell();
    const refused = wf.update("slowly", { by: "nobody" });
    const answered = wf.update("slowly", { by: "eve" });
    await wf.advance(5_000);
    await expect(refused).rejects.toThrow("nobody may not");
    await expect(answered).resolves.toBe("acknowledged by eve after 1 rings");
    expect(wf.books.eventCounts).toMatchObject({
      workflowExecutionUpdateAccepted: 2,
      workflowExecutionUpdateCompleted: 2,
    });
    await wf.replay();
  });

  it("an update with an id that was used before gives the answer of that time", async () => {
    const wf = await doorbell();
    const first = wf.update("slowly", { by: "eve" }, "command-1");
    const second = wf.update("slowly", { by: "mallory" }, "command-1");
    await wf.advance(5_000);
    expect(await Promise.all([first, second])).toEqual(Array(2).fill("acknowledged by eve after 1 rings"));
    expect(wf.result).toBe("eve");
  });

  it("an update that the workflow outlives unanswered is rejected", async () => {
    const wf = await startHarnessWorkflow({ type: "racing" });
    await wf.signal("note", "a");
    await wf.workersDown();
    const answer = wf.update("anything");
    await wf.advance(20_000);
    await wf.workersUp();
    await expect(answer).rejects.toThrow("No registered handler for update: anything");
  });

  it("a message to a closed workflow is refused", async () => {
    const wf = await doorbell();
    await wf.signal("acknowledge");
    await expect(wf.signal("acknowledge")).rejects.toThrow("no running workflow doorbell");
    await expect(wf.update("acknowledge")).rejects.toThrow("no running workflow doorbell");
    expect(await wf.query("rings")).toBe(1);
  });

  it("cancellation closes a workflow that does not object", async () => {
    const wf = await doorbell();
    await wf.cancel();
    expect(wf.closing).toEqual({ kind: "cancelled" });
    await wf.replay();
  });
});

describe("what Temporal's own user interface shows", () => {
  it("summaries of timers, search attributes, memo and current details", async () => {
    const wf = await startHarnessWorkflow({
      type: "doorbell",
      memo: { runbook: "https://example.test/doors" },
      searchAttributes: { TocsinSystem: "house", TocsinOpenAlerts: 1 },
    });
    await wf.advance(60_000);
    expect(wf.pendingTimers()).toEqual([
      { seq: 2, fireAt: wf.now() + 60_000, durationMs: 60_000, summary: "ring again" },
    ]);
    expect(wf.searchAttributes).toEqual({
      TocsinSystem: "house",
      TocsinOpenAlerts: 1,
      TocsinState: "ringing",
    });
    expect(wf.memo).toEqual({ owner: "the porter", runbook: "https://example.test/doors" });
    expect(await wf.currentDetails()).toBe("**rang** 2 times");
    await wf.signal("acknowledge", { by: "eve" });
    expect(wf.searchAttributes).toEqual({ TocsinSystem: "house", TocsinOpenAlerts: 1 });
  });
});

describe("several things in one workflow task", () => {
  const orders: readonly (readonly [string, readonly Step[], string])[] = [
    [
      "two signals",
      [
        { signal: "acknowledge", payload: { by: "a" } },
        { signal: "acknowledge", payload: { by: "b" } },
      ],
      "b",
    ],
    [
      "the same the other way round",
      [
        { signal: "acknowledge", payload: { by: "b" } },
        { signal: "acknowledge", payload: { by: "a" } },
      ],
      "a",
    ],
    [
      "a signal after the timer",
      [{ timer: "ring again" }, { signal: "acknowledge", payload: { by: "a" } }],
      "a",
    ],
    [
      "a signal before the timer",
      [{ signal: "acknowledge", payload: { by: "a" } }, { timer: "ring again" }],
      "a",
    ],
    [
      "an update and a signal",
      [
        { update: "acknowledge", payload: { by: "u" }, id: "1" },
        { signal: "acknowledge", payload: { by: "s" } },
      ],
      "s",
    ],
    [
      "half an hour of nobody listening, then an answer",
      [{ advanceMs: 1_800_000 }, { signal: "acknowledge", payload: { by: "a" } }],
      "a",
    ],
  ];

  it.each(orders)("%s", async (_, steps, expected) => {
    const wf = await doorbell();
    const tasks = wf.books.workflowTasks;
    await wf.deliverTogether(steps);
    expect(wf.result).toBe(expected);
    expect(wf.books.workflowTasks).toBe(tasks + 1);
    await wf.replay();
  });

  it("answers an update that was among them", async () => {
    const wf = await doorbell();
    await wf.deliverTogether([
      { timer: "ring again" },
      { update: "acknowledge", payload: { by: "eve" }, id: "1" },
    ]);
    await expect(wf.update("acknowledge", undefined, "1")).resolves.toBe("acknowledged by eve after 1 rings");
  });

  it("says which timers there are when the wanted one is not", async () => {
    const wf = await doorbell();
    await expect(wf.deliverTogether([{ timer: "sleep" }])).rejects.toThrow(
      'no pending timer "sleep"; there are: ring again',
    );
  });
});
