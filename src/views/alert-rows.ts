/** Alerts as a list shows them, from running monitors or, where nobody answers, from what was stored last. Pure. */

import { isEpisode } from "../domain/alert-machine.js";
import type { AlertId } from "../domain/ids.js";
import { parseAlertId } from "../domain/ids.js";
import type { Severity } from "../domain/severity.js";
import { severityRank } from "../domain/severity.js";
import type { AlertTransition } from "../domain/story.js";
import type { LiveAlert } from "../temporal/live-status.js";
import type { PauseRow } from "./pauses.js";
import { pauseOver } from "./pauses.js";

export interface AlertRow {
  readonly alert: AlertId;
  /** Base state and overlays: `firing`, `pending, paused`, `unknown`. */
  readonly state: string;
  readonly severity?: Severity;
  /** First bad reading, or since when nothing is known. Epoch milliseconds. */
  readonly since?: number;
  /** When it fires or resolves unless readings say otherwise; absent while its clock stands still. */
  readonly deadline?: number;
  readonly episode?: number;
  readonly reason: string;
  /** Present while it is not probed because somebody said so. */
  readonly paused?: Pick<PauseRow, "by" | "until" | "reason">;
  readonly source: "live" | "store";
}

const ORDER = ["firing", "recovering", "pending", "unknown", "inactive"] as const;

/** Worst first. An alert that is good and carries no overlay is left out. `pauses` of the same monitors. */
export function liveRows(alerts: readonly LiveAlert[], pauses: readonly PauseRow[]): readonly AlertRow[] {
  return alerts
    .map((alert) => liveRow(alert, pauseOver(pauses, alert.alert)))
    .filter(({ state }) => state !== "inactive")
    .sort(worstFirst);
}

/** The state each alert was left in by its newest edge; `transitions` newest first. */
export function storedRows(transitions: readonly AlertTransition[]): readonly AlertRow[] {
  const newest = new Map<AlertId, AlertTransition>();
  for (const transition of transitions) {
    if (!newest.has(transition.alert)) newest.set(transition.alert, transition);
  }
  return [...newest.values()]
    .filter(({ to }) => to !== "inactive")
    .map(({ alert, to, severity, at, reason, episode }): AlertRow => ({
      alert,
      state: to,
      severity,
      since: at,
      reason,
      source: "store",
      ...(episode === undefined ? {} : { episode }),
    }))
    .sort(worstFirst);
}

export function ofSystem(rows: readonly AlertRow[], system: string | undefined): readonly AlertRow[] {
  return system === undefined ? rows : rows.filter(({ alert }) => parseAlertId(alert).system === system);
}

function liveRow(alert: LiveAlert, pause: PauseRow | undefined): AlertRow {
  const { severity, unknownSince, pausedAt } = alert;
  const since = alert.state === "inactive" ? unknownSince : alert.since;
  const waits = alert.state === "pending" || alert.state === "recovering";
  const deadline = waits && pausedAt === undefined ? alert.deadline : undefined;
  const reason = alert.unknownReason ?? (alert.state === "inactive" ? "" : alert.reason);
  return {
    alert: alert.alert,
    state: stateText(alert),
    reason,
    source: "live",
    ...(severity === undefined ? {} : { severity }),
    ...(since === undefined ? {} : { since }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(isEpisode(alert) ? { episode: alert.episode } : {}),
    ...(pausedAt === undefined || pause === undefined ? {} : { paused: pausedBy(pause) }),
  };
}

function pausedBy({ by, until, reason }: PauseRow): NonNullable<AlertRow["paused"]> {
  return { by, until, ...(reason === undefined ? {} : { reason }) };
}

function stateText({ state, unknownSince, pausedAt }: LiveAlert): string {
  const base = state === "inactive" ? [] : [state];
  const overlays = [
    ...(unknownSince === undefined ? [] : ["unknown"]),
    ...(pausedAt === undefined ? [] : ["paused"]),
  ];
  const words = [...base, ...overlays];
  return words.length === 0 ? "inactive" : words.join(", ");
}

/** Sorts as lists do, worst first, as a text that stands for the place of this row. */
export function rankKey({ alert, state, severity, since }: AlertRow): string {
  const time = String(Math.round(since ?? 0)).padStart(15, "0");
  return `${orderOf(state)} ${2 - severityRank(severity ?? "info")} ${time} ${alert}`;
}

function worstFirst(a: AlertRow, b: AlertRow): number {
  return (
    orderOf(a.state) - orderOf(b.state) ||
    severityRank(b.severity ?? "info") - severityRank(a.severity ?? "info") ||
    (a.since ?? 0) - (b.since ?? 0) ||
    (a.alert < b.alert ? -1 : 1)
  );
}

function orderOf(state: string): number {
  const index = ORDER.findIndex((each) => state.startsWith(each));
  return index < 0 ? ORDER.length : index;
}
