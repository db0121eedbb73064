/** One episode: from firing to its end, however it ends (lifecycle 3 and 4). Pure. */

import type { VerdictEvent } from "./alert-event.js";
import { leftover, settled } from "./alert-overlay.js";
import { anotherBad, firstBad } from "./alert-spell.js";
import type {
  AlertRecord,
  AlertStep,
  EndReason,
  Episode,
  FiringAlert,
  InactiveAlert,
  RecoveringAlert,
  RuleTiming,
  Spell,
  TransitionEffect,
} from "./alert-state.js";
import { edge, unchanged, vouched } from "./alert-step.js";
import { highestSeverity } from "./severity.js";
import type { Severity } from "./severity.js";

/** A subject that is not reported any more ends after the check itself has been good for so long. */
const GONE_AFTER_MS = 15 * 60_000;
/** A released alert that stays bad is a new episode after this long, or after its `for` where that is longer. */
export const RELEASED_QUIET_MS = 5 * 60_000;

export function isEpisode(alert: AlertRecord | undefined): alert is FiringAlert | RecoveringAlert {
  return alert?.state === "firing" || alert?.state === "recovering";
}

/** The severity people are told: an episode's own, else the rule's. */
export function severityOfAlert(alert: AlertRecord | undefined, rule: RuleTiming): Severity {
  return isEpisode(alert) ? alert.severity : rule.severity;
}

type Hold = Pick<Episode, "heldFrom">;

/** A new episode of this spell; `edge` is how it came to fire. */
export function fired(spell: Spell & Hold, rule: RuleTiming, edge: TransitionEffect): AlertStep {
  const firing: FiringAlert = {
    ...spell,
    state: "firing",
    episode: Math.floor(edge.at / 1000),
    firedAt: edge.at,
    severity: rule.severity,
    flaps: 0,
  };
  return { alert: firing, effects: [{ ...edge, episode: firing.episode }] };
}

/** An event rule fires on its first bad reading and holds; after a release it is quiet like any other. */
export function fireEvent(record: InactiveAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  if (record.quietUntil !== undefined && event.at < record.quietUntil) return unchanged(record);
  const facts = { bad: 1, since: event.at, event: true };
  const spell = {
    ...firstBad(event),
    ...(record.goodAt === undefined ? {} : { lastGoodAt: record.goodAt }),
    heldFrom: event.at,
  };
  return fired(spell, rule, edge("inactive", "firing", event.now, event.reason, facts));
}

export function badWhileFiring(record: FiringAlert, event: VerdictEvent): AlertStep {
  const firing: FiringAlert = { ...withoutAbsence(record), ...anotherBad(record, event) };
  return unchanged(record.heldFrom === undefined ? firing : { ...firing, heldFrom: event.at });
}

/** An event stays although it is good, as long as its rule is one. */
export function goodWhileHolding(record: FiringAlert, event: VerdictEvent): AlertStep {
  return unchanged({ ...withoutAbsence(record), knownAt: event.at });
}

export function isHolding(record: FiringAlert, rule: RuleTiming): boolean {
  return record.heldFrom !== undefined && rule.hold !== undefined;
}

/** When the hold of an event is over by itself; undefined for what is no event, and for one that somebody must acknowledge. */
export function holdEnd(record: Episode, rule: RuleTiming): number | undefined {
  const { heldFrom } = record;
  return heldFrom === undefined || typeof rule.hold !== "number" ? undefined : heldFrom + rule.hold;
}

/** The check answers without this subject: the end comes only after the check has been good for long enough. */
export function onAbsent(
  record: FiringAlert | RecoveringAlert,
  rule: RuleTiming,
  event: VerdictEvent,
): AlertStep {
  const before = record.absentMs;
  const absentMs = before === undefined ? 0 : before + vouched(record.knownAt, event.at, rule);
  const { blind, unknownSince, ...rest } = record;
  const absent: FiringAlert | RecoveringAlert = {
    ...rest,
    knownAt: event.at,
    absentMs,
    absent: true,
    unknownSince: unknownSince ?? event.at,
    unknownReason: "no longer reported",
  };
  const holds = absent.state === "firing" && isHolding(absent, rule);
  return absentMs >= GONE_AFTER_MS && !holds ? end(absent, "gone", event.now) : unchanged(absent);
}

/** Somebody has it: what held until then ends, or goes on like any other alert while it is still bad. */
export function onAcknowledged(
  record: AlertRecord,
  rule: RuleTiming,
  episode: number,
  now: number,
): AlertStep {
  const waits = record.state === "firing" && record.heldFrom !== undefined && rule.hold === "until_ack";
  if (!waits || record.episode !== episode) return unchanged(settled(record, now));
  if (record.knownAt > record.lastBadAt) return endAndKeep(record, "hold over", now);
  return unchanged(withoutHold(record));
}

export function onReleased(record: AlertRecord, rule: RuleTiming, episode: number, now: number): AlertStep {
  if (!isEpisode(record) || record.episode !== episode) return unchanged(settled(record, now));
  const quietUntil = now + Math.max(rule.forMs, RELEASED_QUIET_MS);
  return { alert: { ...leftover(record), quietUntil }, effects: end(record, "released", now).effects };
}

/**
 * Configuration raises the severity of what is open and never lowers it. A rule that is no event any more has nothing to hold: were
 * that kept, an old hold would end the episode while it is bad as soon as the rule is an event again.
 */
export function reconfigured(
  record: FiringAlert | RecoveringAlert,
  rule: RuleTiming,
): FiringAlert | RecoveringAlert {
  const severity = highestSeverity([record.severity, rule.severity]) ?? record.severity;
  const raised = severity === record.severity ? record : { ...record, severity };
  return rule.hold === undefined && raised.heldFrom !== undefined ? withoutHold(raised) : raised;
}

/** Ends an episode without a reading: what was unknown stays so. */
export function endAndKeep(record: FiringAlert | RecoveringAlert, reason: EndReason, now: number): AlertStep {
  return { alert: settled(leftover(record), now), effects: end(record, reason, now).effects };
}

export function end(record: FiringAlert | RecoveringAlert, reason: EndReason, now: number): AlertStep {
  const facts = { bad: record.bad, since: record.since, fired_at: record.firedAt, flaps: record.flaps };
  const ended = edge(record.state, "inactive", now, reason, facts);
  return { alert: undefined, effects: [{ ...ended, episode: record.episode, end: reason }] };
}

export function withoutAbsence<T extends Episode>(record: T): T {
  const { absentMs, ...rest } = record;
  return rest as T;
}

function withoutHold<T extends Episode>(record: T): T {
  const { heldFrom, ...rest } = record;
  return rest as T;
}
