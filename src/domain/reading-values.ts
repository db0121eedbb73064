/** A reading as expressions see it, and who evaluates them: the language itself is handed in. */

import type { Reading } from "./reading.js";

/** What an expression says: decided, or not and why. */
type Truth =
  | { readonly value: true }
  | { readonly value: false }
  | { readonly value: "unknown"; readonly reason: string };

/** Evaluates expressions that were checked when the configuration was read. Never throws. */
export interface ReadingEvaluator {
  evaluate(expression: string, values: Readonly<Record<string, unknown>>): Truth;
  /** Dotted paths of what it touches, in order: `["outcome", "json.a.b"]`. */
  touches(expression: string): readonly string[];
}

/** Names with a meaning of their own; a field of the same name is not seen. */
export const READING_NAMES = ["outcome", "parts", "subject", "now"] as const;

/** The names an expression may use: all fields, and {@link READING_NAMES}. What the reading lacks is absent. */
export function readingValues(reading: Reading, now: number): Readonly<Record<string, unknown>> {
  return {
    ...reading.fields,
    outcome: reading.outcome,
    parts: reading.parts,
    subject: reading.subject,
    now,
  };
}
