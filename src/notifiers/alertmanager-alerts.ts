/** A message as an Alertmanager takes it: one alert for each of its alerts, with the labels that people route by. */

import { parseAlertId } from "../domain/ids.js";
import type { Message, MessageAlert } from "../domain/message.js";
import { oneLine, truncateBytes } from "../lib/text.js";

/** Long enough for any sentence; an alert is shown by others, who may show less. */
const MAX_VALUE_BYTES = 400;
const MAX_URL_LENGTH = 1_000;
const MAX_LABELS = 16;

export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  /** Absent while it fires: then the sender says how long it is to be believed. */
  readonly endsAt?: string;
  readonly generatorURL?: string;
}

/** A label's name may hold letters, digits and underscores, and begins with no digit. */
function labelName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9_]/g, "_")
      .replace(/^(?=\d)/, "_")
      .slice(0, 64) || "_"
  );
}

function value(text: string): string {
  return truncateBytes(oneLine(text), MAX_VALUE_BYTES);
}

/** Subjects are percent-encoded in ids; one that was cut inside a character stays as it is. */
function decoded(subject: string): string {
  try {
    return decodeURIComponent(subject);
  } catch {
    return subject;
  }
}

/** What names the alert: the same for as long as it fires. The configuration's own labels come first, so that none of them hides one of ours. */
function labelsOf(alert: MessageAlert): Record<string, string> {
  const { system, service, check, rule, subject } = parseAlertId(alert.id);
  const own = Object.entries(alert.labels)
    .slice(0, MAX_LABELS)
    .map(([name, text]) => [labelName(name), value(text)] as const)
    .filter(([, text]) => text !== "");
  return {
    ...Object.fromEntries(own),
    alertname: rule,
    severity: alert.severity,
    system,
    service,
    check,
    ...(subject === undefined ? {} : { subject: value(decoded(subject)) }),
  };
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text) && text.length <= MAX_URL_LENGTH;
}

function stateText({ absent, unknownSince, unknownReason }: MessageAlert): string | undefined {
  if (unknownSince === undefined) return undefined;
  const since = new Date(unknownSince).toISOString();
  if (absent) return `no longer reported since ${since}`;
  return `blind: no data since ${since}${unknownReason === undefined ? "" : ` (${unknownReason})`}`;
}

/** A cut address leads nowhere. */
function runbookOf(runbook: string | undefined): string | undefined {
  return runbook === undefined || runbook.length > MAX_VALUE_BYTES ? undefined : runbook;
}

function annotationsOf(alert: MessageAlert, message: Message): Record<string, string> {
  const { summary, reason, action, runbook, owner, endReason, lastGoodAt } = alert;
  const holder = message.acknowledged?.by;
  const texts: readonly (readonly [string, string | undefined])[] = [
    ["summary", summary],
    ["description", reason],
    ["action", action],
    ["runbook_url", runbookOf(runbook)],
    ["state", stateText(alert)],
    ["bad_since", new Date(alert.since).toISOString()],
    ["last_good", lastGoodAt === undefined ? undefined : new Date(lastGoodAt).toISOString()],
    ["end", endReason],
    ["owner", owner],
    ["acknowledged_by", holder],
    ["acknowledge", message.ackCommand],
    ["incident", message.incident],
    ["note", message.notes.join("; ")],
  ];
  return Object.fromEntries(
    texts.flatMap(([name, text]) => (text === undefined || text.trim() === "" ? [] : [[name, value(text)]])),
  );
}

/** Pure: the alerts of a message; how long those that fire are to be believed is said when they are sent. */
export function postedAlerts(message: Message): readonly PostedAlert[] {
  const generator = Object.entries(message.links).find(
    ([name, url]) => name !== "runbook" && isUrl(url),
  )?.[1];
  return message.alerts.map((alert) => ({
    labels: labelsOf(alert),
    annotations: annotationsOf(alert, message),
    startsAt: new Date(alert.firedAt).toISOString(),
    // An end before its beginning is refused.
    ...(alert.state === "resolved"
      ? { endsAt: new Date(Math.max(alert.resolvedAt ?? message.decidedAt, alert.firedAt)).toISOString() }
      : {}),
    ...(generator === undefined ? {} : { generatorURL: generator }),
  }));
}
