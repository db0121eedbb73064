/** Pauses of a monitor: what they cover stands still, and goes on with the time it had left (lifecycle 5). Pure. */

import { isEpisode } from "./alert-machine.js";
import { foldAlerts } from "./monitor-alerts.js";
import type { CheckKey, MonitorPlan } from "./monitor-plan.js";
import { checkOfAlert, serviceOfKey } from "./monitor-plan.js";
import type { MonitorPause, MonitorState, MonitorStep } from "./monitor-state.js";
import { indexPlan } from "./plan-index.js";
import { dirtyService } from "./telling.js";
import { unsweptWith } from "./unswept.js";

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
  const paused = plan.checks.map(({ key }) => key).filter((key) => covers(pause, key));
  const unswept = unsweptWith(state, paused);
  const frozen = freezeOrThaw({ ...state, pauses: [...others, pause], unswept }, plan, now);
  return { state: tellAgain(frozen.state, pause), effects: frozen.effects };
}

/** Ends the pauses of this scope: of a service also those of its checks; with none given, all of them. */
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
  const rules = indexPlan(plan);
  const fold = foldAlerts(state);
  for (const [alert, record] of Object.entries(state.alerts)) {
    const paused = pauseOf(state, checkOfAlert(alert), now) !== undefined;
    if (paused === (record.pausedAt !== undefined)) continue;
    const rule = rules.timing(alert);
    if (rule !== undefined) fold.apply(alert, rule, { kind: paused ? "paused" : "resumed", now });
  }
  return fold.step();
}

/** Incidents show until when they are paused: one whose pause is set anew hears of it. */
function tellAgain(state: MonitorState, pause: MonitorPause): MonitorState {
  const services = Object.entries(state.alerts)
    .filter(
      ([alert, record]) =>
        isEpisode(record) && record.severity !== "info" && covers(pause, checkOfAlert(alert)),
    )
    .map(([alert]) => serviceOfKey(alert));
  return [...new Set(services)].reduce(dirtyService, state);
}

function covers(pause: MonitorPause, check: CheckKey): boolean {
  if (pause.service === undefined) return true;
  if (pause.service !== serviceOfKey(check)) return false;
  return pause.check === undefined || `${pause.service}/${pause.check}` === check;
}
