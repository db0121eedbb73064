/** Launches the sweeps of a monitor: every lane at its tick, and single checks when only a fresh reading may decide. */

import { isCancellation, log } from "@temporalio/workflow";

import { tickLane } from "../src/domain/lane-clock.js";
import { foldSweep, sweepInput } from "../src/domain/monitor-machine.js";
import type { CheckKey, LanePlan } from "../src/domain/monitor-plan.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { retarget } from "../src/domain/sweep.js";
import { sweepActivities } from "./activity-options.js";
import type { PlannedRun } from "./monitor-run.js";

type Apply = (step: MonitorStep) => void;

/** Launches every lane whose tick has come; a lane that is still under way skips it. */
export function sweepDueLanes(run: PlannedRun, apply: Apply): void {
  const now = Date.now();
  for (const lane of run.plan.lanes) {
    const clock = run.state.lanes[lane.key];
    if (clock === undefined || now < clock.next) continue;
    run.state = {
      ...run.state,
      lanes: { ...run.state.lanes, [lane.key]: tickLane(clock, lane.everyMs, now) },
    };
    launchSweep(run, lane, undefined, `lane ${lane.key}`, `sweep ${lane.everyMs / 1000}s lane`, apply);
  }
}

/** Probes these checks at once, together per lane. */
export function sweepChecksNow(run: PlannedRun, checks: ReadonlySet<CheckKey>, apply: Apply): void {
  for (const lane of run.plan.lanes) {
    const only = run.plan.checks
      .filter((check) => check.lane === lane.key && checks.has(check.key))
      .map(({ key }) => key);
    if (only.length === 0) continue;
    const what = only.length === 1 ? (only[0] ?? "") : `${only.length} checks`;
    const key = `confirm ${lane.key} ${only.join()} ${Date.now()}`;
    launchSweep(run, lane, only, key, `confirm ${what}`, apply);
  }
}

function launchSweep(
  run: PlannedRun,
  lane: LanePlan,
  only: readonly CheckKey[] | undefined,
  key: string,
  summary: string,
  apply: Apply,
): void {
  const { plan } = run;
  const begunAt = Date.now();
  const input = sweepInput(run.state, plan, lane, only, begunAt);
  run.flights.launch(
    key,
    () => sweepActivities(run.input.prefix, lane, summary).sweep(input),
    (result) => {
      // The configuration may have changed meanwhile: what was seen is judged by the rules that are there now.
      const seen = retarget(result, input.known, plan, run.plan);
      apply(foldSweep(run.state, run.plan, input, seen, begunAt, Date.now()));
    },
    (error) => {
      if (isCancellation(error)) sweepSoon(run, lane);
      else log.warn("a sweep was given up", { lane: lane.key, error: String(error) });
    },
  );
}

/** The whole lane is due: a sweep of it was called back, and whatever waited for its readings waits for the next ones. */
function sweepSoon(run: PlannedRun, lane: LanePlan): void {
  const clock = run.state.lanes[lane.key];
  if (clock === undefined) return;
  run.state = { ...run.state, lanes: { ...run.state.lanes, [lane.key]: { ...clock, next: Date.now() } } };
}
