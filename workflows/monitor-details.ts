/** What the Temporal UI shows of a monitor as current details: blindness and pauses first, then every alert that is not simply good. */

import { setCurrentDetails } from "@temporalio/workflow";

import { isEpisode, nextDeadline } from "../src/domain/alert-machine.js";
import type { AlertRecord } from "../src/domain/alert-state.js";
import { scopeText } from "../src/domain/monitor-pauses.js";
import { timingOf } from "../src/domain/monitor-state.js";
import type { Severity } from "../src/domain/severity.js";
import { utcNear } from "../src/domain/utc.js";
import { plain, sections, shortened, titled } from "./details-markdown.js";
import type { PlannedRun } from "./monitor-run.js";
import { refusedLines } from "./refusals.js";
import { troubled } from "./monitor-view.js";
import { MONITOR_STEERING, monitorSummary, steeringText } from "./steering.js";

/** Alerts shown; the rest is counted. */
const MAX_ALERTS = 40;

const WHEN_DUE: Readonly<Record<Severity, string>> = {
  critical: "pages",
  warning: "told",
  info: "fires",
};

export function showMonitor(run: PlannedRun): void {
  const now = Date.now();
  setCurrentDetails(
    sections([
      [`${monitorSummary(run.input.system)}.`],
      [...blindLines(run, now), ...pauseLines(run, now), ...refusedLines(run.refused, now)],
      alertLines(run, now),
      laneLines(run, now),
      steeringText(MONITOR_STEERING),
    ]),
  );
}

function blindLines({ state }: PlannedRun, now: number): readonly string[] {
  return Object.values(state.blind).map(
    ({ since, hidden, reason }) =>
      `- **blind** since ${utcNear(since, now)}: nothing is known of ${counted(hidden, "alert")}, ${plain(reason)}`,
  );
}

function pauseLines({ state }: PlannedRun, now: number): readonly string[] {
  return state.pauses.map((pause) => {
    const why = pause.reason === undefined ? "" : `: ${plain(pause.reason)}`;
    return `- **paused** ${plain(scopeText(pause))} by ${plain(pause.by)} until ${utcNear(pause.until, now)}${why}`;
  });
}

function alertLines(run: PlannedRun, now: number): readonly string[] {
  const alerts = troubled(run);
  if (alerts.length === 0) return [quietText(run)];
  return titled(
    "What is not good:",
    shortened(alerts, MAX_ALERTS, ([alert, record]) => [alertLine(run, alert, record, now)]),
  );
}

function alertLine(run: PlannedRun, alert: string, record: AlertRecord, now: number): string {
  const facts = [
    severityOf(run, alert, record) ?? "",
    stateText(record, now),
    ...(record.state !== "inactive" && record.unknownSince !== undefined
      ? [`nothing known since ${utcNear(record.unknownSince, now)}`]
      : []),
    ...(record.pausedAt === undefined ? [] : [`paused since ${utcNear(record.pausedAt, now)}`]),
    ...clockText(run, alert, record, now),
  ].filter(Boolean);
  const reason = record.unknownReason ?? (record.state === "inactive" ? "" : record.reason);
  return `- **${plain(alert)}** ${facts.join(", ")}${reason === "" ? "" : `: ${plain(reason)}`}`;
}

function severityOf(run: PlannedRun, alert: string, record: AlertRecord): Severity | undefined {
  return isEpisode(record) ? record.severity : timingOf(run.plan, alert)?.severity;
}

function stateText(record: AlertRecord, now: number): string {
  switch (record.state) {
    case "inactive":
      return record.unknownSince === undefined ? "" : `unknown since ${utcNear(record.unknownSince, now)}`;
    case "pending":
    case "firing":
      return `${record.state} since ${utcNear(record.since, now)}`;
    case "recovering":
      return `recovering, bad since ${utcNear(record.since, now)}`;
  }
}

/** What time alone will do to it, and when. */
function clockText(run: PlannedRun, alert: string, record: AlertRecord, now: number): readonly string[] {
  const rule = timingOf(run.plan, alert);
  const due = rule === undefined ? undefined : nextDeadline(record, rule);
  if (rule === undefined || due === undefined) return [];
  const at = utcNear(due, now);
  if (record.state === "pending" && due === record.deadline)
    return [`${WHEN_DUE[rule.severity]} at ${at} if still bad`];
  if (record.state === "recovering" && due === record.deadline) return [`over at ${at} if still good`];
  return [record.unknownSince === undefined ? `its hold ends at ${at}` : `counts as blind at ${at}`];
}

/** What is not known is not good. */
function quietText({ plan, state }: PlannedRun): string {
  const unswept = plan.lanes.filter((lane) => state.lanes[lane.key]?.sweptAt === undefined).length;
  if (unswept === 0) return "Everything is good.";
  return unswept === plan.lanes.length
    ? "Nothing has been swept yet."
    : "Everything that has been swept is good; some lanes have not been yet.";
}

function laneLines({ plan, state }: PlannedRun, now: number): readonly string[] {
  const lanes = plan.lanes.map(({ key, everyMs, from }) => {
    const clock = state.lanes[key];
    const checks = plan.checks.filter((check) => check.lane === key).length;
    const where = from === undefined ? "" : ` from ${plain(from)}`;
    const swept = clock?.sweptAt === undefined ? "not swept yet" : `swept ${utcNear(clock.sweptAt, now)}`;
    const next = clock === undefined ? "" : `, next ${utcNear(clock.next, now)}`;
    return `- every ${everyMs / 1000} s${where}: ${counted(checks, "check")}, ${swept}${next}`;
  });
  return titled(`Revision ${plan.revision}:`, lanes);
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
