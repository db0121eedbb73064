/** One spell of trouble: what is counted from its first bad reading to its end. Pure. */

import type { VerdictEvent } from "./alert-event.js";
import type { Spell } from "./alert-state.js";

export function firstBad(event: VerdictEvent): Spell {
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

export function anotherBad(
  spell: Spell,
  event: VerdictEvent,
): Pick<Spell, "bad" | "lastBadAt" | "knownAt" | "reason" | "stamp"> {
  return {
    bad: spell.bad + 1,
    lastBadAt: event.at,
    knownAt: event.at,
    reason: event.reason,
    stamp: event.stamp,
  };
}
