/** An alert before it fires (lifecycle 3): it counts from its first bad reading, and only a fresh bad one fires it. Pure. */

import { fired } from "./alert-episode.js";
import type { VerdictEvent } from "./alert-event.js";
import type { AlertStep, InactiveAlert, PendingAlert, RuleTiming } from "./alert-state.js";
import { anotherBad, firstBad } from "./alert-spell.js";
import { edge, unchanged, vouched, withEffects } from "./alert-step.js";
import { cover, coverageFor, coverageRatio, ENOUGH_COVERAGE, noCoverage } from "./coverage.js";

/** The longest grace that blind time gets at the deadline. */
const MAX_GRACE_MS = 60_000;

export function openPending(record: InactiveAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const { goodAt, ...rest } = record;
  const pending: PendingAlert = {
    ...rest,
    ...firstBad(event),
    ...(goodAt === undefined ? {} : { lastGoodAt: goodAt }),
    state: "pending",
    countedFrom: event.at,
    deadline: Math.max(event.at + rule.forMs, record.quietUntil ?? 0),
    asked: false,
    graced: false,
    coverage: cover(noCoverage(rule.forMs), 0),
  };
  const opened = edge("inactive", "pending", event.now, event.reason, {
    deadline: pending.deadline,
    for_ms: rule.forMs,
  });
  return withEffects([opened], decide(pending, rule, event));
}

export function badAgain(record: PendingAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const gapMs = event.at - record.knownAt;
  const blindMs = Math.max(0, gapMs - vouched(record.knownAt, event.at, rule));
  const pending: PendingAlert = {
    ...record,
    ...anotherBad(record, event),
    blindMs: record.blindMs + blindMs,
    coverage: cover(record.coverage, event.at - record.countedFrom),
  };
  return decide(pending, rule, event);
}

/** One good reading clears it; when that was is kept, so that an older bad one which arrives later does not open it again. */
export function clearPending(record: PendingAlert, event: VerdictEvent): AlertStep {
  const facts = { bad: record.bad, since: record.since };
  return {
    alert: { state: "inactive", goodAt: event.at },
    effects: [edge("pending", "inactive", event.now, "good before its time", facts)],
  };
}

export function dropPending(record: PendingAlert, event: VerdictEvent): AlertStep {
  return {
    alert: undefined,
    effects: [edge("pending", "inactive", event.now, "no longer reported", { bad: record.bad })],
  };
}

/** Another `for` moves the deadline, counted from where it began; a grace that runs goes on. */
export function retime(record: PendingAlert, rule: RuleTiming): PendingAlert {
  const deadline = Math.max(record.countedFrom + rule.forMs, record.quietUntil ?? 0);
  const coverage = coverageFor(record.coverage, rule.forMs, record.knownAt - record.countedFrom);
  const known = coverage === record.coverage ? record : { ...record, coverage };
  return known.graced || deadline === known.deadline ? known : { ...known, deadline, asked: false };
}

/** How much was seen of the `for` that ends at `at`; while clocks stand still, of the one that ended when they stopped. */
export function knownShare(record: PendingAlert, rule: RuleTiming, at: number): number {
  return coverageRatio(record.coverage, (record.pausedAt ?? at) - record.countedFrom, rule.everyMs);
}

/** Fires, waits, or gives the one grace. Only a reading whose sweep began at or after the deadline may fire. */
function decide(pending: PendingAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const isFresh = event.begunAt >= pending.deadline || (rule.forMs === 0 && event.at >= pending.deadline);
  if (!isFresh || pending.bad < rule.minBad) return unchanged(pending);
  // Up to this reading, not up to now: what the sweep took to come back is no blindness.
  const seen = knownShare(pending, rule, event.at);
  if (seen < ENOUGH_COVERAGE && !pending.graced) {
    const deadline = event.now + Math.min(rule.forMs, MAX_GRACE_MS);
    return unchanged({ ...pending, graced: true, asked: false, deadline });
  }
  return fire(pending, rule, event.now, seen);
}

function fire(pending: PendingAlert, rule: RuleTiming, now: number, seen: number): AlertStep {
  const { deadline, asked, graced, coverage, countedFrom, quietUntil, state, ...spell } = pending;
  const facts = {
    bad: pending.bad,
    coverage: Math.round(seen * 100) / 100,
    since: pending.since,
    deadline,
    late_ms: Math.max(0, now - deadline),
    grace: graced,
    blind_ms: pending.blindMs,
  };
  return fired(spell, rule, edge(state, "firing", now, pending.reason, facts));
}
