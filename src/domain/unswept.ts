/**
 * Checks that no sweep of their whole lane has probed since they were added or resumed. When such a check was last good is not
 * known, whatever the clock of its lane says. Pure.
 */

import type { CheckKey, MonitoredCheck, MonitorPlan } from "./monitor-plan.js";
import type { MonitorState } from "./monitor-state.js";
import type { SweepInput } from "./sweep.js";

/** Adds what `plan` has and `before` had not, or had in another lane or with other rules; forgets what is in the plan no more. */
export function unsweptUnder(
  { unswept }: MonitorState,
  plan: MonitorPlan,
  before: MonitorPlan | undefined,
): readonly CheckKey[] {
  if (before === undefined && unswept.length === 0) return unswept;
  const had = new Set((before ?? plan).checks.map(identity));
  const known = new Set(unswept);
  return plan.checks
    .filter((check) => known.has(check.key) || !had.has(identity(check)))
    .map(({ key }) => key);
}

/** Adds what is paused: it is not probed from now on. */
export function unsweptWith({ unswept }: MonitorState, paused: readonly CheckKey[]): readonly CheckKey[] {
  return [...new Set([...unswept, ...paused])];
}

/** Without what this sweep of a whole lane has probed. One of another configuration may have missed what is new. */
export function unsweptAfter(
  { unswept }: MonitorState,
  plan: MonitorPlan,
  { revision, lane, skip = [] }: SweepInput,
): readonly CheckKey[] {
  if (unswept.length === 0 || revision !== plan.revision) return unswept;
  const probed = new Set(plan.checks.filter((check) => check.lane === lane).map(({ key }) => key));
  return unswept.filter((key) => !probed.has(key) || skip.includes(key));
}

function identity({ key, lane, rules }: MonitoredCheck): string {
  return [key, lane, ...rules.map(({ name }) => name)].join(" ");
}
