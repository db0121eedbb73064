/**
 * The alert machine: what one verdict or one deadline changes (lifecycle 3 and 4). Pure; `now` and every reading's time are
 * workflow time. It knows nothing of incidents, notifiers or sweeps.
 */

import type {
  AlertEffect,
  AlertRecord,
  AlertStep,
  EndReason,
  Episode,
  FiringAlert,
  InactiveAlert,
  Overlay,
  PendingAlert,
  RecoveringAlert,
  RuleTiming,
  Spell,
  TransitionEffect,
} from "./alert-state.js";
import { cover, coverageRatio, ENOUGH_COVERAGE, NO_COVERAGE } from "./coverage.js";
import type { Verdict } from "./reading.js";

/** A subject that is not reported any more ends after the check itself has been good for so long. */
export const GONE_AFTER_MS = 15 * 60_000;
/** A released alert that stays bad is a new episode after this long, or after its `for` where that is longer. */
export const RELEASED_QUIET_MS = 5 * 60_000;
/** The longest grace that blind time gets at the deadline. */
const MAX_GRACE_MS = 60_000;
/** One known reading vouches for this many intervals after it. */
const VOUCHED_INTERVALS = 1.5;

export interface VerdictEvent {
  readonly kind: "verdict";
  readonly verdict: Verdict;
  /** When the probe ended. */
  readonly at: number;
  /** When the sweep was launched: only one begun at or after a deadline confirms it. */
  readonly begunAt: number;
  readonly now: number;
  readonly reason: string;
  readonly stamp: number;
  /** The newest good reading before this one, as far as the monitor knows. */
  readonly lastGoodAt?: number;
}

export type AlertEvent =
  | VerdictEvent
  | { readonly kind: "deadline"; readonly now: number }
  | { readonly kind: "acknowledged"; readonly episode: number; readonly now: number }
  | { readonly kind: "released"; readonly episode: number; readonly now: number }
  | { readonly kind: "removed"; readonly end: "rule deleted" | "check removed"; readonly now: number }
  | { readonly kind: "paused"; readonly now: number }
  | { readonly kind: "resumed"; readonly now: number };

const INACTIVE: InactiveAlert = { state: "inactive" };

/** One event, one step. Never mutates; the same arguments give the same step. */
export function stepAlert(alert: AlertRecord | undefined, rule: RuleTiming, event: AlertEvent): AlertStep {
  const record = alert ?? INACTIVE;
  switch (event.kind) {
    case "verdict":
      return onVerdict(record, rule, event);
    case "deadline":
      return onDeadline(record, rule, event.now);
    case "acknowledged":
      return onAcknowledged(record, event.episode, event.now);
    case "released":
      return onReleased(record, rule, event.episode, event.now);
    case "removed":
      return isEpisode(record) ? end(record, event.end, event.now) : { alert: undefined, effects: [] };
    case "paused":
      return { alert: { ...record, pausedAt: record.pausedAt ?? event.now }, effects: [] };
    case "resumed":
      return { alert: settled(resume(record, event.now)), effects: [] };
  }
}

/** The earliest time at which this alert wants a `deadline` event; undefined when only readings can change it. */
export function nextDeadline(alert: AlertRecord, rule: RuleTiming): number | undefined {
  if (alert.pausedAt !== undefined) return undefined;
  const times: number[] = [];
  if (alert.unknownSince !== undefined && alert.blind === undefined) {
    times.push(alert.unknownSince + rule.unknownForMs);
  }
  if ((alert.state === "pending" || alert.state === "recovering") && !alert.asked) {
    if (alert.deadline !== undefined) times.push(alert.deadline);
  }
  if (alert.state === "firing" && alert.holdUntil !== undefined) times.push(alert.holdUntil);
  return times.length === 0 ? undefined : Math.min(...times);
}

export function isEpisode(alert: AlertRecord | undefined): alert is FiringAlert | RecoveringAlert {
  return alert?.state === "firing" || alert?.state === "recovering";
}

function onVerdict(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  if (record.pausedAt !== undefined) return { alert: record, effects: [] };
  if (record.state !== "inactive" && event.verdict !== "unknown" && event.at < record.knownAt) {
    return { alert: record, effects: [] };
  }
  switch (event.verdict) {
    case "unknown":
      return {
        alert: {
          ...record,
          unknownSince: record.unknownSince ?? event.at,
          unknownReason: event.reason,
        },
        effects: [],
      };
    case "absent":
      return onAbsent(record, rule, event);
    case "good":
      return sighted(record, onGood(withoutUnknown(record), rule, event));
    case "bad":
      return sighted(record, onBad(withoutUnknown(record), rule, event));
  }
}

function onBad(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  switch (record.state) {
    case "inactive":
      return rule.hold === undefined ? openPending(record, rule, event) : fireEvent(rule, event);
    case "pending": {
      const spell = anotherBad(record, rule, event);
      const coverage = cover(record.coverage, event.at - record.since, rule.forMs);
      return decide({ ...record, ...spell, coverage }, rule, event);
    }
    case "firing": {
      const firing: FiringAlert = { ...withoutAbsence(record), ...anotherBad(record, rule, event) };
      return {
        alert: typeof rule.hold === "number" ? { ...firing, holdUntil: event.now + rule.hold } : firing,
        effects: [],
      };
    }
    case "recovering":
      return backToFiring(record, rule, event);
  }
}

function onGood(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  switch (record.state) {
    case "inactive":
      return { alert: settled(record, event.now), effects: [] };
    case "pending":
      return {
        alert: undefined,
        effects: [
          edge(record, "inactive", event.now, "good before its time", {
            bad: record.bad,
            since: record.since,
          }),
        ],
      };
    case "firing":
      return record.holding ? { alert: record, effects: [] } : beginRecovery(record, rule, event);
    case "recovering":
      return goOnRecovering(record, rule, event);
  }
}

function onAbsent(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  if (record.state === "inactive") return { alert: undefined, effects: [] };
  if (record.state === "pending") {
    return {
      alert: undefined,
      effects: [edge(record, "inactive", event.now, "no longer reported", { bad: record.bad })],
    };
  }
  const absentMs = (record.absentMs ?? 0) + vouched(record.knownAt, event.at, rule);
  const absent: Episode = {
    ...record,
    knownAt: event.at,
    absentMs,
    unknownSince: record.unknownSince ?? event.at,
    unknownReason: "no longer reported",
  };
  if (absentMs >= GONE_AFTER_MS) return end({ ...record, ...absent }, "gone", event.now);
  return { alert: { ...record, ...absent }, effects: [] };
}

function onDeadline(record: AlertRecord, rule: RuleTiming, now: number): AlertStep {
  if (record.pausedAt !== undefined) return { alert: record, effects: [] };
  const { alert, effects } = blindIfDue(record, rule, now);
  if (alert.state === "firing" && alert.holdUntil !== undefined && now >= alert.holdUntil) {
    return withEffects(effects, end(alert, "hold over", now));
  }
  if ((alert.state === "pending" || alert.state === "recovering") && !alert.asked) {
    if (alert.deadline !== undefined && now >= alert.deadline) {
      return { alert: { ...alert, asked: true }, effects: [...effects, { effect: "confirm" }] };
    }
  }
  return { alert, effects };
}

function onAcknowledged(record: AlertRecord, episode: number, now: number): AlertStep {
  if (
    record.state === "firing" &&
    record.holding &&
    record.holdUntil === undefined &&
    record.episode === episode
  ) {
    return end(record, "hold over", now);
  }
  return { alert: settled(record), effects: [] };
}

function onReleased(record: AlertRecord, rule: RuleTiming, episode: number, now: number): AlertStep {
  if (!isEpisode(record) || record.episode !== episode) return { alert: settled(record), effects: [] };
  const ended = end(record, "released", now);
  return {
    alert: { state: "inactive", quietUntil: now + Math.max(rule.forMs, RELEASED_QUIET_MS) },
    effects: ended.effects,
  };
}

function openPending(record: InactiveAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const { quietUntil, ...overlay } = record;
  const pending: PendingAlert = {
    ...overlay,
    ...firstBad(event),
    state: "pending",
    deadline: Math.max(event.at + rule.forMs, quietUntil ?? 0),
    asked: false,
    graced: false,
    coverage: cover(NO_COVERAGE, 0, rule.forMs),
  };
  const opened = edge(record, "pending", event.now, event.reason, {
    deadline: pending.deadline,
    for_ms: rule.forMs,
  });
  return withEffects([opened], decide(pending, rule, event));
}

/** Fires, waits, or gives the one grace. Only a reading whose sweep began at or after the deadline may fire. */
function decide(pending: PendingAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const confirmed = event.begunAt >= pending.deadline || (rule.forMs === 0 && event.at >= pending.deadline);
  if (!confirmed || pending.bad < rule.minBad) {
    return { alert: pending, effects: [] };
  }
  const seen = coverageRatio(pending.coverage, event.now - pending.since, rule.forMs, rule.everyMs);
  if (seen < ENOUGH_COVERAGE && !pending.graced) {
    const deadline = event.now + Math.min(rule.forMs, MAX_GRACE_MS);
    return { alert: { ...pending, graced: true, asked: false, deadline }, effects: [] };
  }
  return fire(pending, event.now, seen);
}

function fire(pending: PendingAlert, now: number, seen: number): AlertStep {
  const { deadline, asked: _asked, graced, coverage: _coverage, ...spell } = pending;
  const firing: FiringAlert = {
    ...spell,
    state: "firing",
    episode: Math.floor(now / 1000),
    firedAt: now,
    flaps: 0,
  };
  const facts = {
    bad: pending.bad,
    coverage: Math.round(seen * 100) / 100,
    since: pending.since,
    deadline,
    late_ms: Math.max(0, now - deadline),
    grace: graced,
    blind_ms: pending.blindMs,
  };
  return {
    alert: firing,
    effects: [{ ...edge(pending, "firing", now, pending.reason, facts), episode: firing.episode }],
  };
}

function fireEvent(rule: RuleTiming, event: VerdictEvent): AlertStep {
  const firing: FiringAlert = {
    ...firstBad(event),
    state: "firing",
    episode: Math.floor(event.now / 1000),
    firedAt: event.now,
    flaps: 0,
    holding: true,
    ...(typeof rule.hold === "number" ? { holdUntil: event.now + rule.hold } : {}),
  };
  const fired = edge(INACTIVE, "firing", event.now, event.reason, { bad: 1, since: event.at, event: true });
  return { alert: firing, effects: [{ ...fired, episode: firing.episode }] };
}

function beginRecovery(record: FiringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const recovering: RecoveringAlert = {
    ...withoutAbsence(record),
    state: "recovering",
    knownAt: event.at,
    goodSince: event.at,
    goods: 1,
    knownMs: 0,
    deadline: event.at + rule.recoverForMs,
    asked: false,
  };
  const began = edge(record, "recovering", event.now, "good again", { recover_for_ms: rule.recoverForMs });
  return withEffects([began], resolveIfOver(recovering, rule, event));
}

function goOnRecovering(record: RecoveringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const knownMs = record.knownMs + vouched(record.knownAt, event.at, rule);
  return resolveIfOver(
    { ...withoutAbsence(record), goods: record.goods + 1, knownMs, knownAt: event.at, asked: false },
    rule,
    event,
  );
}

/** The reading at hand is the fresh one: it resolves when the count and the known time are both reached. */
function resolveIfOver(record: RecoveringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const remainingMs = Math.max(0, rule.recoverForMs - record.knownMs);
  if (remainingMs === 0 && record.goods >= rule.recoverAfter) return end(record, "recovered", event.now);
  const { deadline: _deadline, ...rest } = record;
  return { alert: remainingMs === 0 ? rest : { ...rest, deadline: event.at + remainingMs }, effects: [] };
}

function backToFiring(record: RecoveringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const { goodSince, goods, knownMs: _knownMs, deadline: _deadline, asked: _asked, ...episode } = record;
  const firing: FiringAlert = {
    ...withoutAbsence(episode),
    ...anotherBad(record, rule, event),
    state: "firing",
    flaps: record.flaps + 1,
  };
  const back = edge(record, "firing", event.now, event.reason, {
    good_since: goodSince,
    goods,
    flaps: firing.flaps,
  });
  return { alert: firing, effects: [{ ...back, episode: record.episode }] };
}

function end(record: FiringAlert | RecoveringAlert, reason: EndReason, now: number): AlertStep {
  const facts = { bad: record.bad, since: record.since, fired_at: record.firedAt, flaps: record.flaps };
  const ended: TransitionEffect = {
    ...edge(record, "inactive", now, reason, facts),
    episode: record.episode,
    end: reason,
  };
  return { alert: undefined, effects: [ended] };
}

function blindIfDue(
  record: AlertRecord,
  rule: RuleTiming,
  now: number,
): { readonly alert: AlertRecord; readonly effects: readonly AlertEffect[] } {
  if (record.unknownSince === undefined || record.blind || now < record.unknownSince + rule.unknownForMs) {
    return { alert: record, effects: [] };
  }
  return {
    alert: { ...record, blind: true },
    effects: [{ effect: "blind", since: record.unknownSince, reason: record.unknownReason ?? "no data" }],
  };
}

function sighted(before: AlertRecord, step: AlertStep): AlertStep {
  return before.blind ? withEffects([{ effect: "sighted" }], step) : step;
}

function resume(record: AlertRecord, now: number): AlertRecord {
  if (record.pausedAt === undefined) return record;
  const { pausedAt, ...rest } = record;
  const stoodMs = now - pausedAt;
  const overlay: Overlay =
    rest.unknownSince === undefined ? {} : { unknownSince: rest.unknownSince + stoodMs };
  switch (rest.state) {
    case "inactive":
      return { ...rest, ...overlay };
    case "pending":
      return {
        ...rest,
        ...overlay,
        since: rest.since + stoodMs,
        knownAt: rest.knownAt + stoodMs,
        deadline: rest.deadline + stoodMs,
        asked: false,
      };
    case "firing":
      return {
        ...rest,
        ...overlay,
        ...(rest.holdUntil === undefined ? {} : { holdUntil: rest.holdUntil + stoodMs }),
      };
    case "recovering":
      return {
        ...rest,
        ...overlay,
        knownAt: rest.knownAt + stoodMs,
        asked: false,
        ...(rest.deadline === undefined ? {} : { deadline: rest.deadline + stoodMs }),
      };
  }
}

function firstBad(event: VerdictEvent): Spell {
  return {
    since: event.at,
    bad: 1,
    lastBadAt: event.at,
    knownAt: event.at,
    reason: event.reason,
    stamp: event.stamp,
    blindMs: 0,
    ...(event.lastGoodAt === undefined ? {} : { lastGoodAt: event.lastGoodAt }),
  };
}

function anotherBad(
  spell: Spell,
  rule: RuleTiming,
  event: VerdictEvent,
): Pick<Spell, "bad" | "lastBadAt" | "knownAt" | "reason" | "stamp" | "blindMs"> {
  const gapMs = event.at - spell.knownAt;
  const blindMs = Math.max(0, gapMs - vouched(spell.knownAt, event.at, rule));
  return {
    bad: spell.bad + 1,
    lastBadAt: event.at,
    knownAt: event.at,
    reason: event.reason,
    stamp: event.stamp,
    blindMs: spell.blindMs + blindMs,
  };
}

function vouched(from: number, to: number, rule: RuleTiming): number {
  return Math.min(Math.max(0, to - from), VOUCHED_INTERVALS * rule.everyMs);
}

function withoutUnknown(record: AlertRecord): AlertRecord {
  const { unknownSince: _since, unknownReason: _reason, blind: _blind, ...rest } = record;
  return rest;
}

function withoutAbsence<T extends Episode>(record: T): T {
  const { absentMs: _absentMs, ...rest } = record;
  return rest as T;
}

/** An inactive alert with nothing to remember needs no record. */
function settled(record: AlertRecord, now?: number): AlertRecord | undefined {
  if (record.state !== "inactive") return record;
  const quiet = record.quietUntil !== undefined && (now === undefined || record.quietUntil > now);
  return quiet || record.unknownSince !== undefined || record.pausedAt !== undefined ? record : undefined;
}

function edge(
  record: AlertRecord,
  to: TransitionEffect["to"],
  at: number,
  reason: string,
  facts: TransitionEffect["facts"],
): TransitionEffect {
  return { effect: "transition", from: record.state, to, at, reason, facts };
}

function withEffects(effects: readonly AlertEffect[], step: AlertStep): AlertStep {
  return { alert: step.alert, effects: [...effects, ...step.effects] };
}
