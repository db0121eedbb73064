/** Rules with their defaults (lifecycle 3 and 4). */

import type { RulePlan } from "../domain/plan.js";
import type { DefaultsInput, RuleInput } from "./parsed.js";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const SUMMARY = "{{ service }}/{{ check }}: {{ reason }}";

/** What a rule has that says nothing. */
export type RuleDefaults = Pick<
  RulePlan,
  "forMs" | "recoverForMs" | "recoverAfter" | "minBad" | "unknownForMs" | "labels" | "summary"
>;

export function ruleDefaults(defaults: DefaultsInput, labels: RulePlan["labels"]): RuleDefaults {
  return {
    forMs: defaults.for ?? MINUTE_MS,
    recoverForMs: defaults.recover_for ?? MINUTE_MS,
    recoverAfter: defaults.recover_after ?? 2,
    minBad: defaults.min_bad ?? 2,
    unknownForMs: defaults.unknown_for ?? 5 * MINUTE_MS,
    summary: SUMMARY,
    labels,
  };
}

export function declaredRule(name: string, rule: RuleInput, base: RuleDefaults): RulePlan {
  const isEvent = rule.hold !== undefined;
  return {
    name,
    ...(rule.when === undefined ? {} : { when: rule.when }),
    forMs: isEvent ? 0 : (rule.for ?? base.forMs),
    ...(rule.hold === undefined ? {} : { hold: rule.hold }),
    recoverForMs: rule.recover_for ?? base.recoverForMs,
    recoverAfter: rule.recover_after ?? base.recoverAfter,
    minBad: rule.min_bad ?? (isEvent ? 1 : base.minBad),
    unknownForMs: rule.unknown_for ?? base.unknownForMs,
    severity: rule.severity,
    summary: rule.summary ?? base.summary,
    ...(rule.action === undefined ? {} : { action: rule.action }),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
    labels: { ...base.labels, ...rule.labels },
  };
}

/** A rule that the check type brings along; what it does not say is filled in, its severity as a warning. */
export function typeRule(rule: Partial<RulePlan>, base: RuleDefaults): RulePlan {
  return { name: "bad", severity: "warning", ...base, ...rule, labels: { ...base.labels, ...rule.labels } };
}
