/** What a message says to a person, in order and in words, before it is laid out: the one place that fixes both for every page. */

import type { Message, MessageAlert, MessageKind } from "../domain/message.js";
import { serviceOfIncident } from "../domain/ids.js";
import { utc, utcNear } from "../domain/utc.js";
import { oneLine, truncateBytes } from "../lib/text.js";

/** A page is read on a phone at night: what is longer belongs into the runbook. */
const MAX_ROW_BYTES = 300;
const MAX_NOTES = 8;

const HEADINGS: Readonly<Record<MessageKind, string>> = {
  firing: "FIRING",
  updated: "UPDATED",
  escalated: "ESCALATED",
  repeated: "STILL FIRING",
  acknowledged: "ACKNOWLEDGED",
  resolved: "RESOLVED",
};

/** Ends that say nothing of how it is: whoever reads "resolved" would take it for good. */
const UNSEEN_ENDS: readonly string[] = [
  "gone",
  "rule deleted",
  "check removed",
  "no longer reported by its monitor",
];

/** One labelled line, safe to show and no longer than a row may be; `whole` text is to be copied and is never cut or broken. */
export interface Row {
  readonly label: string;
  readonly text: string;
  readonly whole?: boolean;
}

/** Nothing follows: all that this reader was told of is over, though the incident may go on for others. */
export function isEnd({ kind, state }: Message): boolean {
  return kind === "resolved" || state === "ended";
}

/** The two largest units of a span in milliseconds: `2m 5s`, `4h`, `3d 1h`; below a second `0s`. */
export function span(ms: number): string {
  const totalS = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(totalS / 86_400), "d"],
    [Math.floor(totalS / 3600) % 24, "h"],
    [Math.floor(totalS / 60) % 60, "m"],
    [totalS % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(" ");
}

function sinceRow(alert: MessageAlert, now: number): Row {
  const { since, lastGoodAt, resolvedAt } = alert;
  const good = lastGoodAt === undefined ? "no good reading known" : `last good ${utcNear(lastGoodAt, since)}`;
  const lasted =
    resolvedAt === undefined
      ? `for ${span(now - since)}`
      : `until ${utcNear(resolvedAt, since)} (${span(resolvedAt - since)})`;
  return { label: "since", text: `${utc(since)}, ${lasted}, ${good}` };
}

function stateRow(alert: MessageAlert, now: number): readonly Row[] {
  const facts: string[] = [];
  if (alert.state === "resolved") facts.push(`over: ${alert.endReason ?? "ended"}`);
  if (alert.state === "recovering") facts.push("recovering, not yet over");
  if (alert.unknownSince !== undefined) facts.push(unknownText(alert, utcNear(alert.unknownSince, now)));
  if (alert.blindMs !== undefined) facts.push(`blind for ${span(alert.blindMs)} before it fired`);
  return facts.length === 0 ? [] : [{ label: "state", text: facts.join("; ") }];
}

function unknownText({ absent, unknownReason }: MessageAlert, since: string): string {
  if (absent) return `unknown: ${unknownReason ?? "no longer reported"}, since ${since}`;
  const why = unknownReason === undefined ? "" : ` (${unknownReason})`;
  return `blind: no data since ${since}${why}, it may have changed`;
}

function optionalRow(label: string, text: string | undefined): readonly Row[] {
  return text === undefined ? [] : [{ label, text }];
}

function alertRows(alert: MessageAlert, now: number): readonly Row[] {
  const sawMore = !oneLine(alert.summary).includes(oneLine(alert.reason));
  return [
    { label: "alert", text: alert.id },
    ...optionalRow("saw", sawMore ? alert.reason : undefined),
    ...stateRow(alert, now),
    sinceRow(alert, now),
    { label: "severity", text: alert.severity },
    ...optionalRow("action", alert.action),
    ...optionalRow("runbook", alert.runbook),
  ];
}

function holder(message: Message): string {
  const { acknowledged, alerts, decidedAt } = message;
  const isOver = isEnd(message);
  const owners = [...new Set(alerts.flatMap(({ owner }) => owner ?? []))];
  const owned = owners.length === 0 ? "" : `, owner ${owners.join(", ")}`;
  if (acknowledged === undefined) return `${isOver ? "nobody had acknowledged" : "nobody yet"}${owned}`;
  const until =
    acknowledged.until === undefined || isOver ? "" : ` until ${utcNear(acknowledged.until, decidedAt)}`;
  return `${acknowledged.by} since ${utcNear(acknowledged.at, decidedAt)}${until}${owned}`;
}

function nextText(message: Message): string {
  const { nextStep, decidedAt, state } = message;
  if (state === "ended") return "nothing: this incident is over";
  if (isEnd(message)) return "nothing: what was told here is over, while other alerts of the incident fire";
  if (message.paused !== undefined)
    return "no step and no repeat while it is paused; the end is told all the same";
  if (nextStep === undefined) return "nobody else is told; the end will be told here";
  const unless =
    message.acknowledged === undefined ? " unless acknowledged or over by then" : " unless over by then";
  return `${nextStep.notify.join(", ")} at ${utcNear(nextStep.at, decidedAt)} (in ${span(nextStep.at - decidedAt)})${unless}`;
}

function closingRows(message: Message): readonly Row[] {
  const { paused, decidedAt } = message;
  const pause = paused && `paused by ${paused.by} until ${utcNear(paused.until, decidedAt)}`;
  return [
    { label: "with", text: holder(message) },
    ...optionalRow("held", isEnd(message) ? undefined : pause),
    ...message.notes.slice(0, MAX_NOTES).map((text) => ({ label: "note", text })),
    { label: "why now", text: message.reason },
    { label: "next", text: nextText(message) },
    ...Object.entries(message.links)
      .slice(0, MAX_NOTES)
      .map(([name, url]) => ({ label: "link", text: `${name}: ${url}` })),
    ...(isEnd(message) ? [] : [{ label: "ack", text: message.ackCommand, whole: true }]),
  ];
}

/** What a row may hold: one line, its control characters shown, cut where it is too long. */
function fit({ label, text, whole }: Row): Row {
  return whole === true
    ? { label, text: oneLine(text), whole }
    : { label, text: truncateBytes(oneLine(text), MAX_ROW_BYTES) };
}

/** What is broken, on one line, without saying what this message is about it. */
export function whatIsBroken(message: Message): string {
  const [worst, ...others] = message.alerts;
  const count = others.length + message.more;
  const what =
    worst === undefined
      ? serviceOfIncident(message.incident)
      : truncateBytes(oneLine(worst.summary), MAX_ROW_BYTES);
  return `${what}${count === 0 ? "" : ` (and ${count} more)`}`;
}

/** Why it ended although nobody saw it recover; undefined for every other message. */
export function endedUnseen({ kind, alerts }: Message): string | undefined {
  if (kind !== "resolved") return undefined;
  return alerts.map(({ endReason = "" }) => endReason).find((reason) => UNSEEN_ENDS.includes(reason));
}

/** `FIRING: ` and what is broken, on one line: for subjects, titles and the first line of a text. */
export function headline(message: Message): string {
  const unseen = endedUnseen(message);
  const heading = unseen === undefined ? HEADINGS[message.kind] : `ENDED (${unseen})`;
  return `${heading}: ${whatIsBroken(message)}`;
}

export interface AlertPart {
  readonly alert: MessageAlert;
  readonly summary: string;
  /** Of what fires beside the worst, only what is different about it. */
  readonly rows: readonly Row[];
}

export interface MessageParts {
  readonly headline: string;
  /** Worst first. */
  readonly alerts: readonly AlertPart[];
  /** Who has it, what is held, why it is said now, what comes next, where to look, the command that acknowledges. */
  readonly closing: readonly Row[];
}

/** In the order in which somebody who was woken reads: what is broken, what to do about each, who has it, what comes next. */
export function messageParts(message: Message): MessageParts {
  const rowsOf = (alert: MessageAlert): readonly Row[] => alertRows(alert, message.decidedAt).map(fit);
  const [worst] = message.alerts;
  const said = worst === undefined ? [] : rowsOf(worst);
  const isSaid = (row: Row): boolean =>
    said.some(({ label, text }) => label === row.label && text === row.text);
  return {
    headline: headline(message),
    alerts: message.alerts.map((alert, index) => ({
      alert,
      summary: truncateBytes(oneLine(alert.summary), MAX_ROW_BYTES),
      rows: index === 0 ? said : rowsOf(alert).filter((row) => !isSaid(row)),
    })),
    closing: closingRows(message).map(fit),
  };
}

/** How many alerts a text counts when it shows only so many. */
export function hiddenAlerts(message: Message, shown: number): number {
  return message.more + Math.max(0, message.alerts.length - shown);
}

export function hiddenText(hidden: number): string {
  return `and ${hidden} more that ${hidden === 1 ? "is" : "are"} not shown`;
}
