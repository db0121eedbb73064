/** What time alone changes in a monitor, and when it will next do so. Pure. */

import { holdEnd } from "./alert-machine.js";
import type { Deadline } from "./deadlines.js";
import { deadlinesOf, gather } from "./deadlines.js";
import { foldAlerts } from "./monitor-alerts.js";
import { freezeOrThaw, scopeText } from "./monitor-pauses.js";
import type { MonitorPlan } from "./monitor-plan.js";
import type { MonitorState, MonitorStep } from "./monitor-state.js";
import { markStale, staleAt } from "./monitor-sweeps.js";

/** A time at which something changes, and what that is, as an operator reads it beside the timer. */
export interface Due {
  readonly at: number;
  readonly what: string;
}

/** Deadlines of alerts, pauses that end, and lanes whose sweeps do not come back. */
export function foldTime(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  const resumed = endPauses(state, plan, now);
  const stale = markStale(resumed.state, plan, now);
  const fold = foldAlerts(stale.state);
  const due = gather(deadlinesOf(stale.state, plan))?.due(now) ?? [];
  for (const { alert, rule } of due) fold.apply(alert, rule, { kind: "deadline", now });
  const { state: next, effects } = fold.step();
  return { state: next, effects: [...resumed.effects, ...stale.effects, ...effects] };
}

/** When time alone will next change something besides alerts: pauses that end, sweeps that do not come back, incidents to tell again. */
export function upkeepDue(state: MonitorState, plan: MonitorPlan): Due | undefined {
  const due: Due[] = [];
  for (const pause of state.pauses) {
    due.push({ at: pause.until, what: `the pause of ${scopeText(pause)} by ${pause.by} ends` });
  }
  for (const lane of plan.lanes) {
    const clock = state.lanes[lane.key];
    const at = clock === undefined ? undefined : staleAt(lane, clock);
    if (at !== undefined) due.push({ at, what: `no sweep of lane ${lane.key} has come back` });
  }
  for (const [service, telling] of Object.entries(state.tellings)) {
    if (telling.refreshAt === undefined) continue;
    due.push({ at: telling.refreshAt, what: `tell the incident of ${service} again` });
  }
  return due.reduce<Due | undefined>(
    (first, each) => (first === undefined || each.at < first.at ? each : first),
    undefined,
  );
}

/** The earliest deadline of an alert, and of what is decided together with it. */
export function alertsDue(state: MonitorState, plan: MonitorPlan): Due | undefined {
  const gathered = gather(deadlinesOf(state, plan));
  if (gathered === undefined) return undefined;
  const { first, at, count } = gathered;
  const alerts = count > 1 ? `${first.alert} (and ${count - 1} more)` : first.alert;
  return { at, what: deadlineText(first, alerts) };
}

function deadlineText({ at, record, rule }: Deadline, alerts: string): string {
  switch (record.state) {
    case "pending":
      if (at !== record.deadline) break;
      return `${rule.severity === "critical" ? "page" : "tell"} if ${alerts} is still bad`;
    case "recovering":
      if (at !== record.deadline) break;
      return `resolve ${alerts} if it is still good`;
    case "firing":
      if (at !== holdEnd(record, rule)) break;
      return `the hold of ${alerts} is over`;
    case "inactive":
  }
  return `${alerts}: still nothing known`;
}

function endPauses(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  if (!state.pauses.some((pause) => pause.until <= now)) return { state, effects: [] };
  return freezeOrThaw({ ...state, pauses: state.pauses.filter((pause) => pause.until > now) }, plan, now);
}
