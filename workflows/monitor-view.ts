/** What a monitor shows of itself: its search attributes, and the answers to queries. Its live details are in `monitor-details.ts`. */

import { isEpisode, isSimplyGood, nextDeadline } from "../src/domain/alert-machine.js";
import { knownShare } from "../src/domain/alert-pending.js";
import type { AlertRecord } from "../src/domain/alert-state.js";
import { overflowOf, timingOf } from "../src/domain/monitor-state.js";
import { highestSeverity } from "../src/domain/severity.js";
import { noPlan } from "./monitor-revisions.js";
import type { MonitorRun, PlannedRun } from "./monitor-run.js";
import type { Shown } from "./search-attributes.js";

/** Alerts that are not simply good, worst state first. */
export function troubled(run: PlannedRun): readonly (readonly [string, AlertRecord])[] {
  const order = { firing: 0, recovering: 1, pending: 2, inactive: 3 } as const;
  return Object.entries(run.state.alerts)
    .filter(([, record]) => !isSimplyGood(record))
    .sort(([a, left], [b, right]) => order[left.state] - order[right.state] || (a < b ? -1 : 1));
}

export function monitorShown(run: PlannedRun): Shown {
  const alerts = Object.values(run.state.alerts);
  const firing = alerts.filter(isEpisode);
  const severity = highestSeverity(firing.map((record) => record.severity));
  return {
    system: run.input.system,
    state: firing.length > 0 ? "firing" : calmState(alerts, Object.keys(run.state.blind).length > 0),
    openAlerts: firing.length,
    ...(severity === undefined ? {} : { severity }),
  };
}

/** The state of a monitor of which nothing fires, the worst that holds. What is not known is not good. */
function calmState(alerts: readonly AlertRecord[], blind: boolean): string {
  if (blind) return "blind";
  if (alerts.some(({ state }) => state === "pending")) return "pending";
  return alerts.some(({ unknownSince }) => unknownSince !== undefined) ? "unknown" : "good";
}

/** The answer to the `status` query: plain JSON for the CLI when the store is away. */
export function monitorStatus(unplanned: MonitorRun): unknown {
  const run = planned(unplanned);
  return {
    shard: run.input.shard,
    revision: run.plan.revision,
    wanted: run.wanted,
    ...monitorShown(run),
    checks: run.plan.checks.length,
    lanes: run.plan.lanes.map((lane) => ({ ...lane, ...run.state.lanes[lane.key] })),
    alerts: troubled(run).map(([alert, record]) => ({
      alert: `${run.input.system}/${alert}`,
      severity: timingOf(run.plan, alert)?.severity,
      ...record,
    })),
    pauses: run.state.pauses,
    blind: run.state.blind,
    tellings: run.state.tellings,
    overflow: overflowOf(run.state),
    rowsWaiting: run.rows.count(),
    rowsDropped: run.rows.dropped(),
  };
}

/** The guards of one alert (or of all that are not good) with their values. */
export function monitorWhy(unplanned: MonitorRun, alert: string | undefined): unknown {
  const run = planned(unplanned);
  const now = Date.now();
  return troubled(run)
    .filter(([key]) => alert === undefined || `${run.input.system}/${key}` === alert)
    .map(([key, record]) => {
      const rule = timingOf(run.plan, key);
      const deadline = rule === undefined ? undefined : nextDeadline(record, rule);
      return {
        alert: `${run.input.system}/${key}`,
        record,
        rule,
        ...(deadline === undefined ? {} : { deadline, remainingMs: deadline - now }),
        ...(record.state === "pending" && rule !== undefined
          ? { coverage: knownShare(record, rule, now) }
          : {}),
      };
    });
}

/** A query may come before the first plan has been read. */
function planned(run: MonitorRun): PlannedRun {
  const { system, shard } = run.input;
  return { ...run, plan: run.plan ?? noPlan(system, shard) };
}
