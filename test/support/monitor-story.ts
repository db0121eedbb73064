/** Monitors for tests of their machine: plans of many checks, and sweeps that come back with given verdicts. */

import { foldSweep, sweepInput, takePlan } from "../../src/domain/monitor-machine.js";
import { monitorPlan } from "../../src/domain/monitor-plan.js";
import type { LanePlan, MonitorPlan } from "../../src/domain/monitor-plan.js";
import type { MonitorState, MonitorStep } from "../../src/domain/monitor-state.js";
import { newMonitor } from "../../src/domain/monitor-state.js";
import type { CheckPlan, Plan } from "../../src/domain/plan.js";
import type { Verdict } from "../../src/domain/reading.js";
import { encodeVerdicts } from "../../src/domain/sweep.js";
import type { SweepInput, SweepResult } from "../../src/domain/sweep.js";
import { checkPlan, plan, servicePlan } from "./plans.js";

export const SYSTEM = "kohakku";

/** The slice of one shard, as a monitor gets it. */
export function sliced(whole: Plan): MonitorPlan {
  return monitorPlan(whole, SYSTEM, 1, true);
}

/** `<service>/<check>` for every check, each with the given changes. */
export function checksPlan(keys: readonly string[], change: Partial<CheckPlan> = {}): MonitorPlan {
  const services = [...new Set(keys.map((key) => key.split("/")[0] ?? ""))];
  return sliced(
    plan(
      services.map((name) =>
        servicePlan({
          name,
          checks: keys
            .filter((key) => key.startsWith(`${name}/`))
            .map((key) => checkPlan({ name: key.slice(name.length + 1), ...change })),
        }),
      ),
    ),
  );
}

export function laneOf(slice: MonitorPlan, index = 0): LanePlan {
  const lane = slice.lanes[index];
  if (lane === undefined) throw new Error("the plan has no such lane");
  return lane;
}

/** A monitor that has taken its plan, its lanes beginning at once. */
export function planned(slice: MonitorPlan, now = 0): MonitorState {
  return takePlan(newMonitor(SYSTEM), slice, () => 0, now).state;
}

export interface Swept {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly ageMs?: number;
}

export interface SweepOptions {
  readonly only?: readonly string[];
  readonly lane?: LanePlan;
  readonly begunAt?: number;
  readonly result?: Partial<SweepResult>;
}

function resultOf(
  slice: MonitorPlan,
  input: SweepInput,
  seen: Readonly<Record<string, Verdict | Swept>>,
  begunAt: number,
): SweepResult {
  const verdicts = Object.entries(seen).map(([alert, each]) => {
    const { verdict, reason, ageMs = 0 } = typeof each === "string" ? ({ verdict: each } as Swept) : each;
    return { alert, verdict, ageMs, reason: reason ?? (verdict === "good" ? "" : `${verdict} at ${alert}`) };
  });
  return {
    stamp: begunAt,
    ms: 0,
    checks: slice.checks.length,
    ...encodeVerdicts(slice, input.known, verdicts),
  };
}

/** A sweep with these verdicts by alert key; what is not named is not said. */
export function sweep(
  state: MonitorState,
  slice: MonitorPlan,
  seen: Readonly<Record<string, Verdict | Swept>>,
  now: number,
  { only, lane = laneOf(slice), begunAt = now, result = {} }: SweepOptions = {},
): MonitorStep {
  const input = sweepInput(state, slice, lane, only, begunAt);
  return foldSweep(
    state,
    slice,
    input,
    { ...resultOf(slice, input, seen, begunAt), ...result },
    begunAt,
    now,
  );
}
