/** Sweeps of a monitor: what one is asked, what comes back, and the lanes from which nothing comes back. Pure. */

import type { AlertEvent } from "./alert-machine.js";
import type { AlertRecord, RuleTiming } from "./alert-state.js";
import { foldAlerts } from "./monitor-alerts.js";
import type { AlertFold } from "./monitor-alerts.js";
import { pauseOf } from "./monitor-pauses.js";
import type { AlertKey, CheckKey, LaneKey, LanePlan, MonitorPlan } from "./monitor-plan.js";
import { checkOfAlert } from "./monitor-plan.js";
import type { LaneClock, MonitorState, MonitorStep } from "./monitor-state.js";
import { indexPlan } from "./plan-index.js";
import type { SweepInput, SweepResult } from "./sweep.js";
import { decodeVerdicts, reasonFingerprint } from "./sweep.js";
import { unsweptAfter } from "./unswept.js";

/** What a bad reading says that brought no reason: no room was left for it, or its check gave none. */
const NO_REASON = "no reason came with it";

/** The input of a sweep of these checks: what is paused is skipped, what is known is named. */
export function sweepInput(
  state: MonitorState,
  plan: MonitorPlan,
  lane: LanePlan,
  only: readonly CheckKey[] | undefined,
  now: number,
): SweepInput {
  const index = indexPlan(plan);
  const inLane = plan.checks.filter((check) => check.lane === lane.key).map(({ key }) => key);
  const probed = new Set(only === undefined ? inLane : inLane.filter((check) => only.includes(check)));
  const known: Record<string, string> = {};
  for (const [alert, record] of Object.entries(state.alerts)) {
    const place = probed.has(checkOfAlert(alert)) ? index.place(alert) : undefined;
    if (place !== undefined) known[place] = reasonFingerprint(reasonOf(record));
  }
  const skip = inLane.filter((check) => pauseOf(state, check, now) !== undefined);
  return {
    system: plan.system,
    shard: plan.shard,
    revision: plan.revision,
    lane: lane.key,
    known,
    ...(only === undefined ? {} : { only }),
    ...(skip.length === 0 ? {} : { skip }),
  };
}

/** Folds a sweep that was launched under `plan` at `begunAt` and came back at `now`. */
export function foldSweep(
  state: MonitorState,
  plan: MonitorPlan,
  input: SweepInput,
  result: SweepResult,
  begunAt: number,
  now: number,
): MonitorStep {
  const lane = state.lanes[input.lane];
  const rules = indexPlan(plan);
  const fold = foldAlerts(state);
  const unswept = new Set(state.unswept);
  for (const { alert, verdict, ageMs, reason } of decodeVerdicts(plan, input.known, result)) {
    const rule = rules.timing(alert);
    // A sweep that was under way when the pause began saw what nobody judges any more.
    if (rule === undefined || pauseOf(state, checkOfAlert(alert), now) !== undefined) continue;
    const record = fold.recordOf(alert);
    const known = reason ?? reasonOf(record);
    const vouches = record === undefined && !unswept.has(checkOfAlert(alert));
    fold.apply(alert, rule, {
      kind: "verdict",
      verdict,
      at: Math.min(now, Math.max(begunAt, now - ageMs)),
      begunAt,
      now,
      reason: known === "" && verdict !== "good" ? NO_REASON : known,
      stamp: result.stamp,
      ...(vouches && lane?.sweptAt !== undefined ? { lastGoodAt: lane.sweptAt } : {}),
    });
  }
  const folded = fold.step();
  if (lane === undefined || input.only !== undefined) return folded;
  const { anchor, next } = lane;
  const overflow = (result.overflow ?? 0) + fold.refused();
  const clock: LaneClock = { anchor, next, sweptAt: now, ...(overflow === 0 ? {} : { overflow }) };
  const lanes = { ...folded.state.lanes, [input.lane]: clock };
  const swept = { ...folded.state, lanes, unswept: unsweptAfter(state, plan, input) };
  return { state: swept, effects: folded.effects };
}

/** When a lane counts as blind unless a sweep of all of it comes back; undefined when it does already. */
export function staleAt(lane: LanePlan, clock: LaneClock): number | undefined {
  return clock.stale ? undefined : (clock.sweptAt ?? clock.anchor) + 3 * lane.everyMs + lane.timeoutMs;
}

/** A lane whose sweeps do not come back is blind: every alert of it is unknown from then on. */
export function markStale(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  const stale = plan.lanes.filter((lane) => {
    const clock = state.lanes[lane.key];
    const at = clock === undefined ? undefined : staleAt(lane, clock);
    return at !== undefined && at <= now;
  });
  if (stale.length === 0) return { state, effects: [] };
  const keys = new Set(stale.map(({ key }) => key));
  const fold = foldAlerts(state);
  markUnknown(state, plan, keys, fold, now);
  const { state: next, effects } = fold.step();
  const lanes = Object.entries(next.lanes).map(([key, clock]): [LaneKey, LaneClock] => [
    key,
    keys.has(key) ? { ...clock, stale: true } : clock,
  ]);
  return { state: { ...next, lanes: Object.fromEntries(lanes) }, effects };
}

/** What the plan declares for the checks of these lanes, and the subjects of them that are remembered. */
function markUnknown(
  state: MonitorState,
  plan: MonitorPlan,
  lanes: ReadonlySet<LaneKey>,
  fold: AlertFold,
  now: number,
): void {
  const rules = indexPlan(plan);
  const checks = plan.checks.filter(
    (check) => lanes.has(check.lane) && pauseOf(state, check.key, now) === undefined,
  );
  const keys = new Set(checks.map(({ key }) => key));
  const declared = checks.flatMap((check) => check.rules.map(({ name }): AlertKey => `${check.key}/${name}`));
  const remembered = Object.keys(state.alerts).filter((alert) => keys.has(checkOfAlert(alert)));
  for (const alert of new Set([...declared, ...remembered])) {
    const rule: RuleTiming | undefined = rules.timing(alert);
    if (rule !== undefined) fold.apply(alert, rule, staleVerdict(now));
  }
}

function staleVerdict(now: number): AlertEvent {
  return {
    kind: "verdict",
    verdict: "unknown",
    at: now,
    begunAt: now,
    now,
    reason: "no sweep has come back: no worker probes it",
    stamp: now,
  };
}

function reasonOf(record: AlertRecord | undefined): string {
  if (record === undefined) return "";
  return record.unknownReason ?? (record.state === "inactive" ? "" : record.reason);
}
