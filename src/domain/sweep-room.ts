/**
 * What of a sweep fits into its result, however many subjects its checks see: a result stays below 128 KB. What the monitor
 * knows is named by its number and always fits; of what is new the worst comes first, and the rest is counted. Pure.
 */

import { MAX_ALERTS } from "./monitor-state.js";
import type { Verdict } from "./reading.js";
import type { Severity } from "./severity.js";
import { severityRank } from "./severity.js";

/** What the verdicts of one sweep may take, in bytes as JSON; as many known ones as a monitor holds take three quarters of it. */
const VERDICTS_BUDGET = 76_000;
/** A verdict without its place: letter, age, place of its reason, and the punctuation around them. */
const VERDICT_BYTES = 24;

export interface SeenAlert {
  /** Its number among what the monitor knows, else its place in the plan. */
  readonly place: string | number;
  readonly verdict: Verdict;
  readonly severity: Severity;
}

/** In the order they came; `left` of them found no room. */
export function whatFits<T extends SeenAlert>(
  seen: readonly T[],
): { readonly kept: readonly T[]; readonly left: number } {
  const known = seen.filter(isKnown);
  let room = VERDICTS_BUDGET - bytesOf(known);
  let alerts = MAX_ALERTS - known.filter(({ verdict }) => verdict !== "good").length;
  const fresh = seen.filter((each) => !isKnown(each));
  if (fresh.length <= alerts && bytesOf(fresh) <= room) return { kept: seen, left: 0 };
  const fitting = new Set<T>();
  for (const each of [...fresh].sort(worstFirst)) {
    const bytes = bytesOf([each]);
    if (alerts === 0 || bytes > room) break;
    alerts -= 1;
    room -= bytes;
    fitting.add(each);
  }
  return {
    kept: seen.filter((each) => isKnown(each) || fitting.has(each)),
    left: fresh.length - fitting.size,
  };
}

function isKnown({ place }: SeenAlert): boolean {
  return typeof place === "number";
}

/** Places are percent-encoded: one byte a character. */
function bytesOf(seen: readonly SeenAlert[]): number {
  return seen.reduce((sum, { place }) => sum + VERDICT_BYTES + String(place).length, 0);
}

function worstFirst(a: SeenAlert, b: SeenAlert): number {
  return (
    severityRank(b.severity) - severityRank(a.severity) ||
    Number(b.verdict === "bad") - Number(a.verdict === "bad")
  );
}
