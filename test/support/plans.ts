/** Small plans for tests: one call, and everything that is not named has a plain default. */

import type { RevisionId } from "../../src/domain/ids.js";
import type { CheckPlan, Plan, PolicyPlan, RulePlan, ServicePlan } from "../../src/domain/plan.js";

const MINUTE_MS = 60_000;

export function rulePlan(rule: Partial<RulePlan> = {}): RulePlan {
  return {
    name: "not-ready",
    forMs: 2 * MINUTE_MS,
    recoverForMs: MINUTE_MS,
    recoverAfter: 2,
    minBad: 2,
    unknownForMs: 5 * MINUTE_MS,
    severity: "critical",
    summary: "{{ service }} cannot serve: {{ reason }}",
    action: "Restore what the body names.",
    labels: {},
    ...rule,
  };
}

export function checkPlan(check: Partial<CheckPlan> = {}): CheckPlan {
  return {
    name: "ready",
    type: "http",
    everyMs: 15_000,
    timeoutMs: 5_000,
    labels: {},
    assert: [],
    fields: {},
    subjects: [],
    spec: {},
    target: "http://127.0.0.1:1/ready/",
    rules: [rulePlan()],
    ...check,
  };
}

export function servicePlan(service: Partial<ServicePlan> = {}): ServicePlan {
  return {
    name: "controller",
    policy: "default",
    shard: 1,
    owner: "platform",
    checks: [checkPlan()],
    ...service,
  };
}

export function policyPlan(policy: Partial<PolicyPlan> = {}): PolicyPlan {
  return {
    name: "default",
    critical: [
      { afterMs: 0, notify: ["pager"] },
      { afterMs: 5 * MINUTE_MS, notify: ["lead"] },
    ],
    warning: [{ afterMs: 0, notify: ["chat"] }],
    loops: 3,
    fallback: ["hook"],
    repeatMs: { critical: 240 * MINUTE_MS, warning: 1_440 * MINUTE_MS },
    ackTimeoutMs: 30 * MINUTE_MS,
    groupWaitMs: { critical: 0, warning: 30_000 },
    reopenWithinMs: 0,
    ...policy,
  };
}

/** System `kohakku` with the given services. */
export function plan(services: readonly ServicePlan[] = [servicePlan()], changes: Partial<Plan> = {}): Plan {
  return {
    revision: "000000000001" as RevisionId,
    systems: [{ name: "kohakku", services }],
    notifiers: Object.fromEntries(
      ["pager", "lead", "chat", "hook"].map((name) => [
        name,
        { name, type: "stdout", spec: {}, allowPrivate: true },
      ]),
    ),
    policies: { default: policyPlan() },
    schedules: [],
    egress: { allow: [], deny: [] },
    retention: { rawMs: 48 * 3_600_000, fiveMinutesMs: 30 * 86_400_000, hourlyMs: 400 * 86_400_000 },
    ...changes,
  };
}

/** System `kohakku` with one service `controller` of one check `ready` of one rule `not-ready`. */
export function oneRule(rule: Partial<RulePlan> = {}, check: Partial<CheckPlan> = {}): Plan {
  return plan([servicePlan({ checks: [checkPlan({ rules: [rulePlan(rule)], ...check })] })]);
}
