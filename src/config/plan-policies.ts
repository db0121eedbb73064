/** Policies with their defaults (lifecycle 6). The policy `default` is always there. */

import type { PolicyPlan, PolicyStep } from "../domain/plan.js";
import type { ParsedConfig, PolicyInput } from "./parsed.js";
import { DEFAULT_POLICY } from "./review-references.js";
import { policySchema } from "./schema-policy.js";

const STEP_AFTER_MS = 5 * 60_000;

export function policyPlans(config: ParsedConfig): Readonly<Record<string, PolicyPlan>> {
  const written = config.policies.flatMap(({ name, value }) =>
    value === undefined ? [] : [policyPlan(name, value)],
  );
  const all = written.some(({ name }) => name === DEFAULT_POLICY)
    ? written
    : [...written, everybody(config.notifiers.map(({ name }) => name))];
  return Object.fromEntries(all.map((policy) => [policy.name, policy]));
}

function policyPlan(name: string, policy: PolicyInput): PolicyPlan {
  return {
    name,
    critical: steps(policy.critical),
    warning: steps(policy.warning),
    loops: policy.loops,
    fallback: policy.fallback,
    repeatMs: policy.repeat,
    ackTimeoutMs: policy.ack_timeout,
    groupWaitMs: policy.group_wait,
    reopenWithinMs: policy.reopen_within,
  };
}

/** Who has not said who is to be told wants everybody told, at once. */
function everybody(notifiers: readonly string[]): PolicyPlan {
  const all = notifiers.length === 0 ? [] : [{ afterMs: 0, notify: [...notifiers].sort() }];
  return { ...policyPlan(DEFAULT_POLICY, policySchema.parse({})), critical: all, warning: all };
}

function steps(written: PolicyInput["critical"]): readonly PolicyStep[] {
  return (written ?? []).map(({ after, notify }, index) => ({
    afterMs: after ?? (index === 0 ? 0 : STEP_AFTER_MS),
    notify,
  }));
}
