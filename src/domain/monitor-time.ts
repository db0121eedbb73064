/** What time alone changes in a monitor, and when it will next do so. Pure. */

import { nextDeadline } from "./alert-machine.js";
import type { AlertRecord, RuleTiming } from "./alert-state.js";
import { foldAlerts } from "./monitor-alerts.js";
import { freezeOrThaw, scopeText } from "./monitor-pauses.js";
import type { AlertKey, MonitorPlan } from "./monitor-plan.js";
import type { MonitorState, MonitorStep } from "./monitor-state.js";
import { markStale, staleAt } from "./monitor-sweeps.js";
import { indexPlan } from "./plan-index.js";

/** Deadlines this close together are decided together, so that what fails together is told together. */
const GATHER_MS = 250;
/** More than this many due within a second is one event of many victims: it is told as one, at most a second late. */
const MANY = 20;
const GATHER_MANY_MS = 1_000;

/** A time at which something changes, and what that is, as an operator reads it beside the timer. */
export interface Due {
  readonly at: number;
  readonly what: string;
}

interface Deadline {
  readonly at: number;
  readonly alert: AlertKey;
  readonly record: AlertRecord;
  readonly rule: RuleTiming;
}

/** Deadlines of alerts, pauses that end, and lanes whose sweeps do not come back. */
export function foldTime(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  const resumed = endPauses(state, plan, now);
  const stale = markStale(resumed.state, plan, now);
  const fold = foldAlerts(stale.state);
  const all = deadlines(stale.state, plan);
  const gathered = gather(all);
  // What wakes the monitor meanwhile does not tear apart what is decided together.
  const due = gathered === undefined || now < gathered.at ? [] : all.filter(({ at }) => at <= now);
  for (const { alert, rule } of due) fold.apply(alert, rule, { kind: "deadline", now });
  const { state: next, effects } = fold.step();
  return { state: next, effects: [...resumed.effects, ...stale.effects, ...effects] };
}

/** When time alone will next change something. */
export function monitorDue(state: MonitorState, plan: MonitorPlan): Due | undefined {
  const due: Due[] = [];
  const ofAlerts = alertsDue(state, plan);
  if (ofAlerts !== undefined) due.push(ofAlerts);
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

function alertsDue(state: MonitorState, plan: MonitorPlan): Due | undefined {
  const gathered = gather(deadlines(state, plan));
  if (gathered === undefined) return undefined;
  const { first, at, count } = gathered;
  const alerts = count > 1 ? `${first.alert} (and ${count - 1} more)` : first.alert;
  return { at, what: deadlineText(first, alerts) };
}

/** The earliest deadlines that are decided together, and when: at the last of them. */
function gather(
  all: readonly Deadline[],
): { readonly first: Deadline; readonly at: number; readonly count: number } | undefined {
  const first = all.reduce<Deadline | undefined>(
    (earliest, each) => (earliest === undefined || each.at < earliest.at ? each : earliest),
    undefined,
  );
  if (first === undefined) return undefined;
  const soon = all.filter(({ at }) => at <= first.at + GATHER_MANY_MS);
  const together = soon.length > MANY ? soon : soon.filter(({ at }) => at <= first.at + GATHER_MS);
  return {
    first,
    at: together.reduce((last, { at }) => Math.max(last, at), first.at),
    count: together.length,
  };
}

function deadlines(state: MonitorState, plan: MonitorPlan): readonly Deadline[] {
  const rules = indexPlan(plan);
  const found: Deadline[] = [];
  for (const [alert, record] of Object.entries(state.alerts)) {
    const rule = rules.timing(alert);
    const at = rule === undefined ? undefined : nextDeadline(record, rule);
    if (rule !== undefined && at !== undefined) found.push({ at, alert, record, rule });
  }
  return found;
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
      if (at !== record.holdUntil) break;
      return `the hold of ${alerts} is over`;
    case "inactive":
  }
  return `${alerts}: still nothing known`;
}

function endPauses(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  if (!state.pauses.some((pause) => pause.until <= now)) return { state, effects: [] };
  return freezeOrThaw({ ...state, pauses: state.pauses.filter((pause) => pause.until > now) }, plan, now);
}
