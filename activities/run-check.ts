/** One probe of one check and what its rules say of it: looks up the type, sets the deadline, probes, judges. */

import { checkType } from "../src/checks/registry.js";
import { judge } from "../src/domain/evaluate.js";
import type { Judged } from "../src/domain/evaluate.js";
import { applyExpectations } from "../src/domain/expectations.js";
import type { CheckId } from "../src/domain/ids.js";
import type { CheckPlan, Plan } from "../src/domain/plan.js";
import type { Reading } from "../src/domain/reading.js";
import type { ProbeDependencies } from "./dependencies.js";

export type CheckDependencies = Pick<
  ProbeDependencies,
  "clock" | "secrets" | "evaluator" | "probeEgress" | "incoming"
>;

export interface CheckedOnce extends Judged {
  readonly readings: readonly Reading[];
  /** When the probe ended, on the clock that never jumps. */
  readonly endedAt: number;
}

/**
 * Never rejects because of the target; what is broken in Tocsin itself is an unknown reading with the reason. `knownSubjects` are
 * percent-encoded; `cut` ends it early.
 */
export async function runCheck(
  plan: Plan,
  id: CheckId,
  check: CheckPlan,
  knownSubjects: readonly string[],
  cut: AbortSignal,
  dependencies: CheckDependencies,
): Promise<CheckedOnce> {
  const { clock, evaluator } = dependencies;
  const probed = await probe(plan, id, check, cut, dependencies);
  const endedAt = clock.monotonic();
  const now = clock.now();
  const readings = probed.map((reading) => applyExpectations(reading, check.assert, evaluator, now));
  const judged = judge(
    { readings, rules: check.rules, requiredSubjects: check.subjects, knownSubjects, now },
    evaluator,
  );
  return { ...judged, readings, endedAt };
}

async function probe(
  plan: Plan,
  id: CheckId,
  check: CheckPlan,
  cut: AbortSignal,
  dependencies: CheckDependencies,
): Promise<readonly Reading[]> {
  const type = checkType(check.type);
  if (type === undefined) return [unknown(`this worker does not know the check type '${check.type}'`)];
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort();
  }, check.timeoutMs);
  const stop = (): void => {
    deadline.abort();
  };
  cut.addEventListener("abort", stop, { once: true });
  try {
    return await type.probe(check.spec, {
      check: id,
      signal: deadline.signal,
      timeoutMs: check.timeoutMs,
      clock: dependencies.clock,
      secrets: dependencies.secrets,
      egress: dependencies.probeEgress(plan),
      incoming: dependencies.incoming,
      lift: { fields: check.fields, ...(check.each === undefined ? {} : { each: check.each }) },
    });
  } catch (error) {
    return [unknown(`the probe itself failed: ${error instanceof Error ? error.message : String(error)}`)];
  } finally {
    clearTimeout(timer);
    cut.removeEventListener("abort", stop);
  }
}

function unknown(reason: string): Reading {
  return { outcome: "unknown", reason, fields: {} };
}
