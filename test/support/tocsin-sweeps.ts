/** Sweeps of a Tocsin under virtual time: what the script says of each check, encoded as the true activity does it. */

import { laneKey, monitorPlan } from "../../src/domain/monitor-plan.js";
import type { CheckId } from "../../src/domain/ids.js";
import type { CheckPlan, Plan } from "../../src/domain/plan.js";
import type { Outcome, Verdict } from "../../src/domain/reading.js";
import { encodeVerdicts, type SweepInput, type SweepResult } from "../../src/domain/sweep.js";
import type { StoredReading } from "../../src/store/store.js";

/** What a check looks like at a time since the beginning. */
export interface Look {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** What the reading says of itself, where the rule thinks otherwise. */
  readonly outcome?: Outcome;
  /** Age of the reading when the sweep returns. */
  readonly ageMs?: number;
}

/** `<service>/<check>` at a time since the beginning in milliseconds. */
export type Looks = (check: string, sinceMs: number) => Look | Verdict;

/** Every check looks like the last of these that has begun; good before the first. */
export function phases(...starts: readonly (readonly [sinceMs: number, look: Look | Verdict])[]): Looks {
  return (_check, sinceMs) =>
    starts.reduce<Look | Verdict>((seen, [from, look]) => (sinceMs >= from ? look : seen), "good");
}

export interface Scripted {
  readonly result: SweepResult;
  /** What the same sweep hands to the store. */
  readonly readings: readonly StoredReading[];
}

/** Looks once at every check that is due. `now` is the worker's clock, epoch milliseconds. */
export function scriptedSweep(
  plan: Plan,
  input: SweepInput,
  looks: Looks,
  sinceMs: number,
  now: number,
): Scripted {
  const slice = monitorPlan(plan, input.system, input.shard, false);
  const seen = probedChecks(plan, input).map((probed) => ({
    ...probed,
    look: lookAt(looks(probed.key, sinceMs)),
  }));
  const verdicts = seen.flatMap(({ key, check, look }) => {
    const { verdict, reason = verdict === "good" ? "" : `${verdict} at ${key}`, ageMs = 0 } = look;
    return check.rules.map((rule) => ({ alert: `${key}/${rule.name}`, verdict, reason, ageMs }));
  });
  return {
    result: { stamp: now, ms: 0, checks: seen.length, ...encodeVerdicts(slice, input.known, verdicts) },
    readings: seen.map(({ key, look }) => readingOf(`${input.system}/${key}` as CheckId, look, now)),
  };
}

function readingOf(
  check: CheckId,
  { verdict, reason, outcome, ageMs = 0 }: Look,
  now: number,
): StoredReading {
  return {
    check,
    at: now - ageMs,
    // A check that answers and does not report a subject is good itself.
    outcome: outcome ?? (verdict === "absent" ? "good" : verdict),
    ...(reason === undefined ? {} : { evidence: { reason } }),
  };
}

function lookAt(seen: Look | Verdict): Look {
  return typeof seen === "string" ? { verdict: seen } : seen;
}

function probedChecks(
  plan: Plan,
  input: SweepInput,
): readonly { readonly key: string; readonly check: CheckPlan }[] {
  const services = plan.systems.find(({ name }) => name === input.system)?.services ?? [];
  return services
    .flatMap((service) => service.checks.map((check) => ({ key: `${service.name}/${check.name}`, check })))
    .filter(({ check }) => laneKey(check.everyMs, check.from) === input.lane)
    .filter(({ key }) => (input.only?.includes(key) ?? true) && !(input.skip?.includes(key) ?? false));
}
