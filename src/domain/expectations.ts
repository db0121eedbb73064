/** A check's own expectations (`assert:`): what a good answer must fulfil beside what its type asks. */

import type { Reading } from "./reading.js";
import { readingValues, type ReadingEvaluator } from "./reading-values.js";

/**
 * The reading with its expectations judged. One that is not fulfilled makes it bad, and all of them are named; an answer that lacks
 * what an expectation asks for does not fulfil it. A reading that is bad already is told only what is surely wrong with it, one that
 * is unknown stays as it is.
 */
export function applyExpectations(
  reading: Reading,
  expectations: readonly string[],
  evaluator: ReadingEvaluator,
  now: number,
): Reading {
  if (expectations.length === 0 || reading.outcome === "unknown") return reading;
  const values = readingValues(reading, now);
  const failed = expectations.flatMap((expectation) => {
    const truth = evaluator.evaluate(expectation, values);
    if (truth.value === true) return [];
    if (truth.value === false) return [`expected ${expectation}`];
    return reading.outcome === "bad" ? [] : [`expected ${expectation}: ${truth.reason}`];
  });
  if (failed.length === 0) return reading;
  const before = reading.outcome === "bad" && reading.reason !== undefined ? [reading.reason] : [];
  return { ...reading, outcome: "bad", reason: [...before, ...failed].join("; ") };
}
