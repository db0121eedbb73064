/** A message as a machine reads it: one CloudEvents 1.0 event in structured JSON, small enough for any receiver. */

import type { Message, MessageAlert } from "../domain/message.js";
import { serviceOfIncident } from "../domain/ids.js";
import { truncateBytes, visible } from "../lib/text.js";

/** A body stays below this, in bytes of UTF-8. */
export const MAX_BODY_BYTES = 20_000;
/** Longest text of one field, in bytes as encoded; when not even one alert fits, the next shorter one is tried. */
const TEXT_BYTES = [1024, 256, 64] as const;
const MAX_ENTRIES = 16;

type Text = (value: string) => string;

function time(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** JSON that stays harmless where somebody pastes it into a page: markup characters are written as escapes, as Go's encoder does. */
function encode(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}

/** What one character of visible text costs in {@link encode}'s output. */
function encodedBytes(character: string): number {
  if (character === "<" || character === ">" || character === "&") return 6;
  return '"\\\n\t'.includes(character) ? 2 : Buffer.byteLength(character);
}

/** JSON leaves out a key whose value is undefined. */
function maybe<T, R>(value: T | undefined, map: (value: T) => R): R | undefined {
  return value === undefined ? undefined : map(value);
}

function entries(record: Readonly<Record<string, string>>, text: Text): Record<string, string> {
  const kept = Object.entries(record).slice(0, MAX_ENTRIES);
  return Object.fromEntries(kept.map(([key, value]) => [text(key), text(value)]));
}

/** A cut address leads nowhere, so one that is too long is left out. */
function addresses(links: Readonly<Record<string, string>>, text: Text): Record<string, string> {
  return entries(Object.fromEntries(Object.entries(links).filter(([, url]) => text(url) === url)), text);
}

function eventAlert(alert: MessageAlert, text: Text) {
  return {
    id: alert.id,
    episode: alert.episode,
    state: alert.state,
    severity: alert.severity,
    summary: text(alert.summary),
    reason: text(alert.reason),
    since: time(alert.since),
    last_good_at: maybe(alert.lastGoodAt, time),
    fired_at: time(alert.firedAt),
    resolved_at: maybe(alert.resolvedAt, time),
    end_reason: maybe(alert.endReason, text),
    readings_bad: alert.readingsBad,
    unknown_since: maybe(alert.unknownSince, time),
    unknown_reason: maybe(alert.unknownReason, text),
    absent: alert.absent,
    blind_ms: alert.blindMs,
    labels: entries(alert.labels, text),
    action: maybe(alert.action, text),
    runbook: maybe(alert.runbook, text),
    owner: maybe(alert.owner, text),
  };
}

function event(message: Message, alerts: readonly MessageAlert[], text: Text) {
  return {
    specversion: "1.0",
    id: message.key,
    source: "tocsin",
    type: `tocsin.incident.${message.kind}`,
    subject: serviceOfIncident(message.incident),
    time: time(message.decidedAt),
    datacontenttype: "application/json",
    data: {
      incident: message.incident,
      n: message.n,
      state: message.state,
      severity: message.severity,
      reason: text(message.reason),
      alerts: alerts.map((alert) => eventAlert(alert, text)),
      more: message.more + message.alerts.length - alerts.length,
      acknowledged_by: maybe(message.acknowledged?.by, text),
      acknowledged_at: maybe(message.acknowledged?.at, time),
      acknowledged_until: maybe(message.acknowledged?.until, time),
      paused: maybe(message.paused, ({ by, until }) => ({ by: text(by), until: time(until) })),
      next_step: maybe(message.nextStep, ({ at, notify }) => ({
        at: time(at),
        notify: notify.slice(0, MAX_ENTRIES),
      })),
      notes: message.notes.slice(0, MAX_ENTRIES).map(text),
      ack_command: visible(message.ackCommand),
      links: addresses(message.links, text),
      revision: message.revision,
    },
  };
}

/** The longest prefix of the alerts, worst first, whose event fits; undefined when not even one does. */
function fitAlerts(message: Message, text: Text): string | undefined {
  const budget = MAX_BODY_BYTES - 1;
  let size = Buffer.byteLength(encode(event(message, [], text)));
  let count = 0;
  for (const alert of message.alerts) {
    size += Buffer.byteLength(encode(eventAlert(alert, text))) + 1;
    if (size > budget) break;
    count += 1;
  }
  if (count === 0 && message.alerts.length > 0) return undefined;
  const body = encode(event(message, message.alerts.slice(0, count), text));
  return Buffer.byteLength(body) <= budget ? body : undefined;
}

/**
 * The event's JSON text, below {@link MAX_BODY_BYTES}; the same message gives the same bytes. Keys are snake_case, times RFC 3339
 * in UTC with milliseconds, a key that does not apply is absent (never null). Alerts that do not fit are counted in `more`.
 */
export function cloudEvent(message: Message): string {
  for (const maxBytes of TEXT_BYTES) {
    const body = fitAlerts(message, (value) => truncateBytes(visible(value), maxBytes, encodedBytes));
    if (body !== undefined) return body;
  }
  throw new RangeError(`message ${message.key} does not fit ${MAX_BODY_BYTES} bytes`);
}
