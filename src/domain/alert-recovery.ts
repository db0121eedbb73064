/** How an episode ends by itself (lifecycle 4): enough good readings over enough known time, the last one fresh. Pure. */

import { end, withoutAbsence } from "./alert-episode.js";
import type { VerdictEvent } from "./alert-event.js";
import { anotherBad } from "./alert-spell.js";
import type { AlertStep, FiringAlert, RecoveringAlert, RuleTiming } from "./alert-state.js";
import { edge, unchanged, vouched, withEffects } from "./alert-step.js";

export function beginRecovery(record: FiringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const recovering: RecoveringAlert = {
    ...withoutAbsence(record),
    state: "recovering",
    knownAt: event.at,
    goodSince: event.at,
    goods: 1,
    knownMs: 0,
    asked: false,
  };
  const began = edge("firing", "recovering", event.now, "good again", { recover_for_ms: rule.recoverForMs });
  return withEffects([began], resolveIfOver(recovering, 0, rule, event));
}

export function goOnRecovering(record: RecoveringAlert, rule: RuleTiming, event: VerdictEvent): AlertStep {
  const recovering: RecoveringAlert = {
    ...withoutAbsence(record),
    goods: record.goods + 1,
    knownMs: record.knownMs + vouched(record.knownAt, event.at, rule),
    knownAt: event.at,
    asked: false,
  };
  const knownAtBeginMs = record.knownMs + vouched(record.knownAt, event.begunAt, rule);
  return resolveIfOver(recovering, knownAtBeginMs, rule, event);
}

/** A bad reading returns it to firing: the same episode, and one flap more. */
export function backToFiring(record: RecoveringAlert, event: VerdictEvent): AlertStep {
  const { goodSince, goods, knownMs, deadline, asked, ...episode } = record;
  const firing: FiringAlert = {
    ...withoutAbsence(episode),
    ...anotherBad(record, event),
    state: "firing",
    flaps: record.flaps + 1,
  };
  const facts = { good_since: goodSince, goods, flaps: firing.flaps };
  const back = edge("recovering", "firing", event.now, event.reason, facts);
  return { alert: firing, effects: [{ ...back, episode: record.episode }] };
}

/**
 * The reading at hand resolves when its sweep began after `recover_for` of known time. Otherwise a deadline asks for one that did,
 * unless good readings are missing as well: those come with the lane's sweeps.
 */
function resolveIfOver(
  record: RecoveringAlert,
  knownAtBeginMs: number,
  rule: RuleTiming,
  event: VerdictEvent,
): AlertStep {
  const enough = record.goods >= rule.recoverAfter;
  if (enough && knownAtBeginMs >= rule.recoverForMs) {
    return {
      alert: { state: "inactive", goodAt: event.at },
      effects: end(record, "recovered", event.now).effects,
    };
  }
  const remainingMs = Math.max(0, rule.recoverForMs - record.knownMs);
  const { deadline, ...rest } = record;
  return unchanged(enough || remainingMs > 0 ? { ...rest, deadline: event.at + remainingMs } : rest);
}
