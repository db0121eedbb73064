/** What is done with the small workflows, in a form that the harness and a real server can both follow. */

import {
  ApplicationFailure,
  type ActivityCancellationType,
  type ActivityOptions,
} from "@temporalio/workflow";
import type { StandIns, Step } from "../workflow-harness.js";

export interface Scenario {
  readonly type: string;
  readonly args?: readonly unknown[];
  readonly activities?: StandIns;
  readonly queuesDown?: readonly string[];
  /** `{ advanceMs }` is virtual time in the harness; on a server it is waited for what the harness saw happen. */
  readonly steps: readonly Extract<Step, { advanceMs: number } | { signal: string } | { update: string }>[];
}

const probe = { probe: ({ n }: { readonly n: number }) => `reading ${String(n)}` };
const refuses: StandIns = {
  tell: () => {
    throw ApplicationFailure.create({ message: "no", type: "Refused" });
  },
};
const twice: StandIns = {
  tell: (_: never, { attempt }) => {
    if (attempt < 3) throw new Error("not yet");
    return "done";
  },
};
const slowly: StandIns = {
  tell: async (_: never, ctx) => {
    await ctx.sleep(30_000);
    return "told";
  },
};

function call(options: ActivityOptions, activities: StandIns): Scenario {
  return { type: "caller", args: [options], activities, steps: [{ advanceMs: 60_000 }] };
}

function impatience(type: ActivityCancellationType, patienceMs: number): Scenario {
  return {
    type: "impatient",
    args: [{ type, patienceMs }],
    activities: slowly,
    steps: [{ advanceMs: 60_000 }],
  };
}

export const scenarios: Readonly<Record<string, Scenario>> = {
  "a poller that is stopped": {
    type: "poller",
    args: [{ limit: 5 }],
    activities: probe,
    steps: [{ signal: "stop" }],
  },
  "timers that fall together": { type: "drifting", steps: [{ advanceMs: 5_000 }] },
  "a doorbell that is answered by signal": {
    type: "doorbell",
    steps: [{ signal: "acknowledge", payload: { by: "eve" } }],
  },
  "a doorbell that is answered by updates": {
    type: "doorbell",
    steps: [
      { update: "acknowledge", payload: { by: "" }, id: "1" },
      { update: "nothing", id: "2" },
      { update: "slowly", payload: { by: "nobody" }, id: "3" },
      { advanceMs: 6_000 },
      { update: "acknowledge", payload: { by: "eve" }, id: "4" },
    ],
  },
  "a counter in its second run": {
    type: "counter",
    args: [{ total: 0, perRun: 2 }],
    steps: [1, 2, 3].map((payload) => ({ signal: "add", payload }) as const),
  },
  "an activity that succeeds at last": call(
    { startToCloseTimeout: 1_000, retry: { initialInterval: 100 } },
    twice,
  ),
  "an activity that fails for good": call(
    { startToCloseTimeout: 1_000, retry: { initialInterval: 100, maximumAttempts: 3 } },
    refuses,
  ),
  "an activity whose budget ends": call({ scheduleToCloseTimeout: 2_500 }, refuses),
  "an activity that takes too long": call(
    { startToCloseTimeout: 1_000, retry: { maximumAttempts: 1 } },
    slowly,
  ),
  "an activity that takes too long in all": call({ scheduleToCloseTimeout: 2_000 }, slowly),
  "an activity that nobody takes": {
    ...call({ taskQueue: "nobody", scheduleToStartTimeout: 1_000, startToCloseTimeout: 1_000 }, probe),
    queuesDown: ["nobody"],
  },
  "an activity cancelled before it began": impatience("WAIT_CANCELLATION_COMPLETED", 0),
  "an activity cancelled and waited for": impatience("WAIT_CANCELLATION_COMPLETED", 1_000),
  "an activity cancelled and left": impatience("TRY_CANCEL", 1_000),
  "an activity abandoned": impatience("ABANDON", 1_000),
  "a patch": { type: "patching", steps: [{ advanceMs: 5_000 }] },
  "a signal to nobody": { type: "notifying", args: ["nobody"], steps: [{ advanceMs: 1_000 }] },
};
