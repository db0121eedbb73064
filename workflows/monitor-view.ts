/** What a monitor shows of itself: the live details in the Temporal UI, its search attributes, and the answers to queries. */

import { setCurrentDetails } from "@temporalio/workflow";

import { isEpisode, isSimplyGood, nextDeadline } from "../src/domain/alert-machine.js";
import { knownShare } from "../src/domain/alert-pending.js";
import type { AlertRecord } from "../src/domain/alert-state.js";
import { scopeText } from "../src/domain/monitor-pauses.js";
import { overflowOf, timingOf } from "../src/domain/monitor-state.js";
import { highestSeverity } from "../src/domain/severity.js";
import { noPlan } from "./monitor-revisions.js";
import type { MonitorRun, PlannedRun } from "./monitor-run.js";
import type { Shown } from "./search-attributes.js";

/** Rows of the live table; the rest is counted. */
const MAX_ROWS = 40;

/** Alerts that are not simply good, worst state first. */
function troubled(run: PlannedRun): readonly (readonly [string, AlertRecord])[] {
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

/** The Markdown shown under "Current details" in the Temporal UI. */
export function showMonitor(run: PlannedRun): void {
  const { plan, state } = run;
  const rows = troubled(run);
  const lanes = plan.lanes.map((lane) => {
    const clock = state.lanes[lane.key];
    const swept = clock?.sweptAt === undefined ? "not yet" : time(clock.sweptAt);
    return `| ${lane.everyMs / 1000} s | ${plan.checks.filter((check) => check.lane === lane.key).length} | ${swept} | ${clock === undefined ? "" : time(clock.next)} |`;
  });
  const pauses = state.pauses.map(
    (pause) =>
      `- **paused** ${scopeText(pause)} by ${pause.by} until ${time(pause.until)}${pause.reason === undefined ? "" : `: ${pause.reason}`}`,
  );
  const blind = Object.values(state.blind).map(
    (cause) => `- **blind** since ${time(cause.since)}: ${cause.hidden} alerts, ${cause.reason}`,
  );
  const table =
    rows.length === 0
      ? [quietText(run)]
      : [
          "| alert | state | since | clock | last reading |",
          "| --- | --- | --- | --- | --- |",
          ...rows
            .slice(0, MAX_ROWS)
            .map(
              ([alert, record]) =>
                `| ${alert} | ${stateText(record)} | ${sinceText(record)} | ${clockText(run, alert, record)} | ${cell(reasonText(record))} |`,
            ),
          ...(rows.length > MAX_ROWS ? [`| and ${rows.length - MAX_ROWS} more | | | | |`] : []),
        ];
  setCurrentDetails(
    [
      ...blind,
      ...pauses,
      // A table that follows a list without a blank line is part of its last item.
      ...(blind.length + pauses.length > 0 ? [""] : []),
      ...table,
      "",
      `Revision ${plan.revision}.`,
      "",
      "| lane | checks | last swept | next |",
      "| --- | --- | --- | --- |",
      ...lanes,
    ].join("\n"),
  );
}

/** What is not known is not good. */
function quietText({ plan, state }: PlannedRun): string {
  const unswept = plan.lanes.filter((lane) => state.lanes[lane.key]?.sweptAt === undefined).length;
  if (unswept === 0) return "Everything is good.";
  return unswept === plan.lanes.length
    ? "Nothing has been swept yet."
    : "Everything that has been swept is good; some lanes have not been yet.";
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

function stateText(record: AlertRecord): string {
  const overlays = [
    record.pausedAt === undefined ? "" : "paused",
    record.unknownSince === undefined ? "" : "unknown",
  ].filter(Boolean);
  return [record.state, ...overlays].join(", ");
}

function sinceText(record: AlertRecord): string {
  if (record.state === "inactive") return record.unknownSince === undefined ? "" : time(record.unknownSince);
  return time(record.since);
}

function clockText(run: PlannedRun, alert: string, record: AlertRecord): string {
  const rule = timingOf(run.plan, alert);
  const at = rule === undefined ? undefined : nextDeadline(record, rule);
  if (at === undefined) return "";
  const what = record.state === "pending" ? "fires" : record.state === "recovering" ? "resolves" : "decides";
  return `${what} ${time(at)}`;
}

function reasonText(record: AlertRecord): string {
  if (record.unknownReason !== undefined) return `unknown: ${record.unknownReason}`;
  return record.state === "inactive" ? "" : record.reason;
}

/** A Markdown table cell: no pipes, no line breaks. */
function cell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
