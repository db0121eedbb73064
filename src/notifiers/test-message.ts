/** The message of `tocsin notify test` and its end: of an incident that no service has, so that nobody takes it for a page. */

import { alertId, checkId, incidentId, RESERVED_SYSTEM, serviceId } from "../domain/ids.js";
import type { RevisionId } from "../domain/ids.js";
import type { Message, MessageAlert, MessageKind } from "../domain/message.js";

const SERVICE = serviceId(RESERVED_SYSTEM, "test");
const HALF_AN_HOUR_MS = 30 * 60_000;

export interface TestOptions {
  /** Epoch milliseconds; it makes the incident, and so the key, unique. */
  readonly now: number;
  /** Name of the notifier tried. */
  readonly notifier: string;
  /** Who tries it. */
  readonly by: string;
  readonly revision: RevisionId;
}

/** Of any kind: `resolved` is an end without a beginning. */
export function testMessage(kind: MessageKind, options: TestOptions): Message {
  const { now, notifier, by, revision } = options;
  const incident = incidentId(SERVICE, now);
  const message: Message = {
    key: `${incident}/${notifier}/1`,
    kind,
    incident,
    n: 1,
    page: kind !== "resolved" && kind !== "acknowledged",
    round: 1,
    decidedAt: now,
    state: "open",
    severity: "critical",
    reason: `${by} tries it: tocsin notify test ${notifier}`,
    alerts: [testAlert(options)],
    more: 0,
    notes: ["This is a test message: nothing is broken."],
    // A comment to every shell: whoever pastes it acknowledges nothing.
    ackCommand: "# a test: there is nothing to acknowledge",
    links: {},
    revision,
    ...(kind === "acknowledged" ? { acknowledged: { by, at: now, until: now + HALF_AN_HOUR_MS } } : {}),
  };
  return kind === "resolved" ? ended(message, now) : message;
}

/** What follows a test message, so that no ticket of it stays open. */
export function testEnd(message: Message, now: number): Message {
  const n = message.n + 1;
  const key = `${message.key.slice(0, message.key.lastIndexOf("/"))}/${n}`;
  return ended({ ...message, key, n, decidedAt: now }, now);
}

function testAlert({ now, notifier, by }: TestOptions): MessageAlert {
  return {
    id: alertId(checkId(RESERVED_SYSTEM, "test", notifier), "test"),
    episode: Math.floor(now / 1_000),
    state: "firing",
    severity: "critical",
    summary: `TEST: nothing is broken, ${by} tries the notifier ${notifier}`,
    reason: "nothing is broken",
    since: now,
    firedAt: now,
    readingsBad: 0,
    labels: {},
    action: "None. Whoever sent it wanted to know whether it arrives.",
    owner: by,
  };
}

function ended(message: Message, at: number): Message {
  const alerts = message.alerts.map((alert): MessageAlert => ({
    ...alert,
    state: "resolved",
    resolvedAt: at,
    endReason: "the test is over",
  }));
  return { ...message, kind: "resolved", page: false, state: "ended", reason: "the test is over", alerts };
}
