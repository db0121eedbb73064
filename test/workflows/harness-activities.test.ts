import { describe, expect, it } from "@jest/globals";
import type { ActivityCancellationType } from "@temporalio/workflow";
import { ApplicationFailure } from "@temporalio/workflow";
import { startHarnessWorkflow } from "../support/harness-workflows/start.js";
import {
  EPOCH,
  hangs,
  workerLost,
  type StandIns,
  type WorkflowHarness,
} from "../support/workflow-harness.js";

type Tell = StandIns[string];

async function call(options: Readonly<Record<string, unknown>>, tell: Tell): Promise<WorkflowHarness> {
  const wf = await startHarnessWorkflow({ type: "caller", args: [options], activities: { tell } });
  await wf.advance(600_000);
  return wf;
}

const fails: Tell = () => {
  throw ApplicationFailure.create({ message: "no", type: "Refused" });
};

describe("an activity", () => {
  it("gets its argument, its attempt and what was left by the attempt before", async () => {
    const seen: unknown[] = [];
    const wf = await call({ startToCloseTimeout: 1_000, summary: "tell ops" }, (input, ctx) => {
      seen.push([input, ctx.attempt, ctx.heartbeatDetails, ctx.summary, ctx.now() - EPOCH]);
      ctx.heartbeat(`left by ${String(ctx.attempt)}`);
      if (ctx.attempt < 3) throw new Error("not yet");
      return "done";
    });
    expect(wf.result).toBe("done");
    expect(seen).toEqual([
      [{ text: "hello" }, 1, undefined, "tell ops", 0],
      [{ text: "hello" }, 2, "left by 1", "tell ops", 1_000],
      [{ text: "hello" }, 3, "left by 2", "tell ops", 3_000],
    ]);
  });

  it("may be an async function, and may wait in virtual time", async () => {
    const wf = await call({ startToCloseTimeout: 30_000 }, async (_, ctx) => {
      await ctx.sleep(20_000);
      return new Date(ctx.now()).toISOString();
    });
    expect(wf.result).toBe("2026-01-01T00:00:20.000Z");
  });

  it("completes when the test resolves it", async () => {
    let resolve: (result: string) => void = () => undefined;
    const promise = new Promise<string>((onResolve) => {
      resolve = onResolve;
    });
    const wf = await startHarnessWorkflow({
      type: "caller",
      args: [{ startToCloseTimeout: 30_000 }],
      activities: { tell: () => promise },
    });
    await wf.advance(5_000);
    expect(wf.closing).toBeUndefined();
    resolve("told");
    await wf.settle();
    expect(wf.result).toBe("told");
  });

  it.each<[string, Readonly<Record<string, unknown>>, Tell, { result: string; attemptsAt: number[] }]>([
    [
      "fails for good after its attempts, each later than the one before",
      { startToCloseTimeout: 1_000, retry: { maximumAttempts: 4 } },
      fails,
      { result: "MAXIMUM_ATTEMPTS_REACHED: ApplicationFailure: no", attemptsAt: [0, 1_000, 3_000, 7_000] },
    ],
    [
      "keeps to the intervals of its retry policy",
      {
        startToCloseTimeout: 1_000,
        retry: { initialInterval: 200, backoffCoefficient: 3, maximumInterval: 1_000, maximumAttempts: 5 },
      },
      fails,
      {
        result: "MAXIMUM_ATTEMPTS_REACHED: ApplicationFailure: no",
        attemptsAt: [0, 200, 800, 1_800, 2_800],
      },
    ],
    [
      "is not tried again when its failure says so",
      { startToCloseTimeout: 1_000 },
      () => {
        throw ApplicationFailure.nonRetryable("never");
      },
      { result: "NON_RETRYABLE_FAILURE: ApplicationFailure: never", attemptsAt: [0] },
    ],
    [
      "is not tried again when its policy says so",
      { startToCloseTimeout: 1_000, retry: { nonRetryableErrorTypes: ["Refused"] } },
      fails,
      { result: "NON_RETRYABLE_FAILURE: ApplicationFailure: no", attemptsAt: [0] },
    ],
    [
      "waits as long as its failure asks",
      { startToCloseTimeout: 1_000, retry: { maximumAttempts: 2 } },
      () => {
        throw ApplicationFailure.create({ message: "later", nextRetryDelay: 60_000 });
      },
      { result: "MAXIMUM_ATTEMPTS_REACHED: ApplicationFailure: later", attemptsAt: [0, 60_000] },
    ],
    [
      "gives up with its last failure when no further attempt fits into schedule-to-close",
      { scheduleToCloseTimeout: 5_000 },
      fails,
      { result: "TIMEOUT: ApplicationFailure: no", attemptsAt: [0, 1_000, 3_000] },
    ],
    [
      "times out at start-to-close, attempt by attempt",
      { startToCloseTimeout: 10_000, retry: { maximumAttempts: 2 } },
      () => hangs,
      {
        result: "MAXIMUM_ATTEMPTS_REACHED: TimeoutFailure: activity StartToClose timeout",
        attemptsAt: [0, 11_000],
      },
    ],
    [
      "times out at the heartbeat timeout when its worker is lost",
      { startToCloseTimeout: 10_000, heartbeatTimeout: 3_000, retry: { maximumAttempts: 2 } },
      () => workerLost,
      {
        result: "MAXIMUM_ATTEMPTS_REACHED: TimeoutFailure: activity Heartbeat timeout",
        attemptsAt: [0, 4_000],
      },
    ],
    [
      "times out at schedule-to-close in the middle of an attempt",
      { scheduleToCloseTimeout: 5_000, startToCloseTimeout: 60_000 },
      () => hangs,
      { result: "TIMEOUT: TimeoutFailure: activity ScheduleToClose timeout", attemptsAt: [0] },
    ],
  ])("%s", async (_, options, tell, expected) => {
    const wf = await call(options, tell);
    expect(wf.result).toBe(expected.result);
    expect(wf.activityCalls("tell").map(({ at }) => at - EPOCH)).toEqual(expected.attemptsAt);
    await wf.replay();
  });

  it("that timed out may return as late as it likes: nobody hears it", async () => {
    const wf = await call({ startToCloseTimeout: 1_000, retry: { maximumAttempts: 2 } }, async (_, ctx) => {
      await ctx.sleep(ctx.attempt === 1 ? 5_000 : 10);
      return `attempt ${String(ctx.attempt)}`;
    });
    expect(wf.result).toBe("attempt 2");
  });

  it("takes its latency in virtual time", async () => {
    const wf = await startHarnessWorkflow({
      type: "caller",
      args: [{ startToCloseTimeout: 1_000 }],
      activities: { tell: () => "told" },
      latencyMs: { tell: (input: { readonly text: string }) => input.text.length * 100 },
    });
    await wf.advance(499);
    expect(wf.closing).toBeUndefined();
    await wf.advance(1);
    expect(wf.result).toBe("told");
  });
});

describe("a task queue without workers", () => {
  const start = (options: Readonly<Record<string, unknown>>): Promise<WorkflowHarness> =>
    startHarnessWorkflow({
      type: "caller",
      args: [{ taskQueue: "deliver", ...options }],
      activities: { tell: () => "told" },
      queuesDown: ["deliver"],
    });

  it("holds its activities until a worker is there", async () => {
    const wf = await start({ startToCloseTimeout: 1_000 });
    await wf.advance(3_600_000);
    expect(wf.activityCalls()).toEqual([]);
    await wf.queueUp("deliver");
    expect(wf.result).toBe("told");
    expect(wf.activityCalls().map(({ at, attempt }) => [at - EPOCH, attempt])).toEqual([[3_600_000, 1]]);
  });

  it("lets them time out unbegun", async () => {
    const wf = await start({ startToCloseTimeout: 1_000, scheduleToStartTimeout: 30_000 });
    await wf.advance(30_000);
    expect(wf.result).toBe("TIMEOUT: TimeoutFailure: activity ScheduleToStart timeout");
    expect(wf.books.eventCounts).not.toHaveProperty("activityTaskStarted");
    await wf.queueUp("deliver");
    expect(wf.activityCalls()).toEqual([]);
    await wf.replay();
  });
});

describe("cancelling an activity", () => {
  const slow: Tell = async (_, ctx) => {
    await ctx.sleep(20_000);
    return "told";
  };

  it.each<[keyof typeof ActivityCancellationType, number, string, Tell, string]>([
    ["TRY_CANCEL", 0, "that never began", slow, "cancelled after 0"],
    ["TRY_CANCEL", 1_000, "that listens", slow, "cancelled after 1000"],
    ["TRY_CANCEL", 1_000, "that does not listen", () => hangs, "cancelled after 1000"],
    ["WAIT_CANCELLATION_COMPLETED", 0, "that never began", slow, "cancelled after 0"],
    ["WAIT_CANCELLATION_COMPLETED", 1_000, "that listens", slow, "cancelled after 1000"],
    [
      "WAIT_CANCELLATION_COMPLETED",
      1_000,
      "that does not listen",
      () => "told anyway",
      "told anyway after 5000",
    ],
    ["ABANDON", 1_000, "that listens", slow, "cancelled after 1000"],
  ])("by %s after %i ms one %s", async (type, patienceMs, _, tell, expected) => {
    const wf = await startHarnessWorkflow({
      type: "impatient",
      args: [{ type, patienceMs }],
      activities: { tell },
      latencyMs: { tell: () => (tell === slow ? 0 : 5_000) },
    });
    await wf.advance(120_000);
    expect(wf.result).toBe(expected);
    await wf.replay();
  });

  it("that is lost waits for its timeout when the workflow waits for it", async () => {
    const wf = await startHarnessWorkflow({
      type: "impatient",
      args: [{ type: "WAIT_CANCELLATION_COMPLETED", patienceMs: 1_000 }],
      activities: { tell: () => workerLost },
    });
    await wf.advance(120_000);
    expect(wf.result).toBe("CANCEL_REQUESTED: TimeoutFailure: activity Heartbeat timeout after 5000");
  });

  it("happens by itself when the workflow closes: the stand-in hears it and its result goes nowhere", async () => {
    const heard: string[] = [];
    const wf = await startHarnessWorkflow({
      type: "impatient",
      args: [{ type: "ABANDON", patienceMs: 1_000 }],
      activities: {
        tell: async (_: never, ctx) => {
          ctx.signal.addEventListener("abort", () => heard.push((ctx.signal.reason as Error).message));
          await ctx.sleep(20_000);
        },
      },
    });
    await wf.advance(120_000);
    expect(wf.result).toBe("cancelled after 1000");
    expect(heard).toEqual(["NOT_FOUND"]);
  });
});
