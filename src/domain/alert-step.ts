/** How the parts of the alert machine put their steps together. Pure. */

import type { AlertEffect, AlertRecord, AlertStep, RuleTiming, TransitionEffect } from "./alert-state.js";

/** One known reading vouches for this many intervals after it. */
const VOUCHED_INTERVALS = 1.5;

export function unchanged(record: AlertRecord | undefined): AlertStep {
  return { alert: record, effects: [] };
}

export function withEffects(effects: readonly AlertEffect[], step: AlertStep): AlertStep {
  return { alert: step.alert, effects: [...effects, ...step.effects] };
}

export function edge(
  from: TransitionEffect["from"],
  to: TransitionEffect["to"],
  at: number,
  reason: string,
  facts: TransitionEffect["facts"],
): TransitionEffect {
  return { effect: "transition", from, to, at, reason, facts };
}

/** Known time between two known readings, in milliseconds: what lies beyond one and a half intervals was not seen. */
export function vouched(from: number, to: number, rule: RuleTiming): number {
  return Math.min(Math.max(0, to - from), VOUCHED_INTERVALS * rule.everyMs);
}
