/** Pauses of a monitor: what they cover stands still, and goes on with the time it had left (lifecycle 5). Pure. */

import { stepAlert } from "./alert-machine.js";
import type { AlertRecord } from "./alert-state.js";
import type { CheckKey, MonitorPlan } from "./monitor-plan.js";
import { checkOfAlert, serviceOfKey } from "./monitor-plan.js";
import type { MonitorPause, MonitorState, MonitorStep } from "./monitor-state.js";
import { timingOf } from "./monitor-state.js";
import { dirtyService } from "./telling.js";

/** The pause that covers a check at `now`, the one that lasts longest. */
export function pauseOf(state: MonitorState, check: CheckKey, now: number): MonitorPause | undefined {
  return state.pauses
    .filter((pause) => pause.until > now && covers(pause, check))
    .reduce<MonitorPause | undefined>(
      (longest, pause) => (longest === undefined || pause.until > longest.until ? pause : longest),
      undefined,
    );
}

/** Stops probing and judging what the pause covers; clocks keep the time they have left. */
export function addPause(
  state: MonitorState,
  plan: MonitorPlan,
  pause: MonitorPause,
  now: number,
): MonitorStep {
  const others = state.pauses.filter((each) => each.service !== pause.service || each.check !== pause.check);
  return freezeOrThaw({ ...state, pauses: [...others, pause] }, plan, now);
}

/** Ends every pause of exactly this scope; with none given, all of them. */
export function removePause(
  state: MonitorState,
  plan: MonitorPlan,
  scope: { readonly service?: string; readonly check?: string },
  now: number,
): MonitorStep {
  const all = scope.service === undefined;
  const pauses = state.pauses.filter(
    (pause) =>
      !all &&
      !(pause.service === scope.service && (scope.check === undefined || pause.check === scope.check)),
  );
  return freezeOrThaw({ ...state, pauses }, plan, now);
}

/** What a pause covers, in words. */
export function scopeText(scope: { readonly service?: string; readonly check?: string }): string {
  if (scope.service === undefined) return "the whole system";
  return scope.check === undefined ? scope.service : `${scope.service}/${scope.check}`;
}

/** Brings every alert in line with the pauses: covered ones stand still, others go on. */
export function freezeOrThaw(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  let next = state;
  for (const [alert, record] of Object.entries(state.alerts)) {
    const rule = timingOf(plan, alert);
    const paused = pauseOf(state, checkOfAlert(alert), now) !== undefined;
    if (rule === undefined || paused === (record.pausedAt !== undefined)) continue;
    const step = stepAlert(record, rule, { kind: paused ? "paused" : "resumed", now });
    next = withAlert(next, alert, step.alert);
    const firing = record.state === "firing" || record.state === "recovering";
    if (firing && rule.severity !== "info") next = dirtyService(next, serviceOfKey(alert));
  }
  return { state: next, effects: [] };
}

function withAlert(state: MonitorState, alert: string, record: AlertRecord | undefined): MonitorState {
  const { [alert]: before, ...others } = state.alerts;
  return { ...state, alerts: record === undefined ? others : { ...others, [alert]: record } };
}

function covers(pause: MonitorPause, check: CheckKey): boolean {
  if (pause.service === undefined) return true;
  if (pause.service !== serviceOfKey(check)) return false;
  return pause.check === undefined || `${pause.service}/${pause.check}` === check;
}
