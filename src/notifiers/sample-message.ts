/** Made-up messages of every kind, for previews and for the tests of notifiers: nothing in them is true, and they say so. */

import { alertId, checkId, incidentId, serviceId } from "../domain/ids.js";
import type { RevisionId } from "../domain/ids.js";
import { MESSAGE_KINDS } from "../domain/message.js";
import type { Message, MessageAlert, MessageKind } from "../domain/message.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SERVICE = serviceId("kohakku", "controller");

export interface SampleOptions {
  /** Epoch milliseconds at which the message is said to be decided; it makes the key unique. */
  readonly now: number;
  /** Name of the notifier told, part of the key. */
  readonly notifier: string;
}

function notReady(firedAt: number): MessageAlert {
  return {
    id: alertId(checkId("kohakku", "controller", "ready"), "not-ready"),
    episode: Math.floor(firedAt / SECOND),
    state: "firing",
    severity: "critical",
    summary: "Controller cannot serve: 503, redis is down",
    reason: "503, redis: error (connection refused)",
    since: firedAt - 2 * MINUTE,
    lastGoodAt: firedAt - 2 * MINUTE - 15 * SECOND,
    firedAt,
    readingsBad: 9,
    labels: { team: "platform" },
    action: "Restore the dependency that the body names, then watch the queue drain.",
    runbook: "https://runbooks.example/controller-not-ready",
    owner: "platform",
  };
}

function notHealthy(firedAt: number): MessageAlert {
  return {
    id: alertId(checkId("kohakku", "controller", "health"), "not-healthy"),
    episode: Math.floor(firedAt / SECOND),
    state: "firing",
    severity: "warning",
    summary: "Controller is not healthy: 503, database is down",
    reason: "503, database: error",
    since: firedAt - MINUTE,
    firedAt,
    readingsBad: 4,
    unknownSince: firedAt + MINUTE,
    unknownReason: "no answer within 5s",
    blindMs: 45 * SECOND,
    labels: {},
    action: "Look at the Controller's database first.",
    owner: "platform",
  };
}

function resolved(alert: MessageAlert, at: number): MessageAlert {
  return { ...alert, state: "resolved", resolvedAt: at, endReason: "recovered" };
}

type Differing = Pick<Message, "reason" | "alerts"> & Partial<Message>;

/** What sets the kinds apart; every incident opens `age` before `now`. */
function differing(kind: MessageKind, now: number, openedAt: number): Differing {
  const first = notReady(openedAt);
  const next = { at: now + 5 * MINUTE, notify: ["lead"] };
  switch (kind) {
    case "firing":
      return { reason: "first page: step 1 of critical", alerts: [first], nextStep: next };
    case "updated":
      return {
        reason: "one more alert fires",
        alerts: [first, notHealthy(now - 2 * MINUTE)],
        nextStep: next,
        notes: ["Silences could not be read: this is sent although one may cover it."],
      };
    case "escalated":
      return { reason: "not acknowledged within 5m: step 2 of critical", alerts: [first] };
    case "repeated":
      return {
        reason: "still firing 4h after the last page",
        alerts: [first],
        paused: { by: "ada", until: now + 30 * MINUTE },
      };
    case "acknowledged":
      return {
        reason: "ada acknowledged",
        alerts: [first],
        acknowledged: { by: "ada", at: now, until: now + 30 * MINUTE },
        nextStep: { at: now + 30 * MINUTE, notify: ["pager", "chat"] },
      };
    case "resolved":
      return {
        reason: "every alert has ended",
        state: "ended",
        alerts: [resolved(first, now - SECOND)],
        acknowledged: { by: "ada", at: now - MINUTE },
      };
  }
}

/** A message of the given kind about a made-up incident of `kohakku/controller`; the same arguments give the same message. */
export function previewMessage(kind: MessageKind, { now, notifier }: SampleOptions): Message {
  const n = MESSAGE_KINDS.indexOf(kind) + 1;
  const openedAt = now - MESSAGE_KINDS.indexOf(kind) * 10 * MINUTE;
  const incident = incidentId(SERVICE, openedAt);
  const { notes, ...rest } = differing(kind, now, openedAt);
  return {
    key: `${incident}/${notifier}/${n}`,
    kind,
    incident,
    n,
    page: kind === "firing" || kind === "escalated" || kind === "repeated",
    round: 1,
    decidedAt: now,
    state: "open",
    severity: "critical",
    more: 0,
    ackCommand: "tocsin ack kohakku/controller",
    links: {
      "Temporal UI": "http://127.0.0.1:8233/namespaces/default/workflows/incident:kohakku%2Fcontroller",
    },
    revision: "0123456789ab" as RevisionId,
    ...rest,
    notes: ["This is a test message: nothing is broken.", ...(notes ?? [])],
  };
}
