/** Outcomes as the numbers that their columns hold. */

import type { Outcome } from "../domain/reading.js";

/** Never reordered: the place is what is stored. */
const OUTCOMES = ["good", "degraded", "bad", "unknown"] as const satisfies readonly Outcome[];

export function outcomeCode(outcome: Outcome): number {
  return OUTCOMES.indexOf(outcome);
}

/** A number that no outcome has reads as unknown. */
export function outcomeOf(code: number): Outcome {
  return OUTCOMES[code] ?? "unknown";
}
