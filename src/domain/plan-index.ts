/** Finds the rule of an alert in a monitor's plan without searching it for each one. Built by whoever folds many alerts. */

import type { RuleTiming } from "./alert-state.js";
import type { AlertKey, CheckKey, MonitorPlan } from "./monitor-plan.js";

export interface PlanIndex {
  /** Undefined when the plan has no such rule any more. */
  timing(alert: AlertKey): RuleTiming | undefined;
  /** `<check index>.<rule index>` or, for a subject, `….<rule index>/<subject>`; undefined for an alert the plan does not have. */
  place(alert: AlertKey): string | undefined;
  hasCheck(check: CheckKey): boolean;
}

interface Found {
  readonly place: string;
  readonly timing: RuleTiming | undefined;
}

/** The index is made on first use: a monitor in which all is good needs none. */
export function indexPlan(plan: MonitorPlan): PlanIndex {
  let rules: ReadonlyMap<string, Found> | undefined;
  let checks: ReadonlySet<CheckKey> | undefined;
  const found = (alert: AlertKey): Found | undefined => (rules ??= rulesOf(plan)).get(ruleOfAlert(alert));
  return {
    timing: (alert) => found(alert)?.timing,
    place(alert) {
      const place = found(alert)?.place;
      return place === undefined ? undefined : place + alert.slice(ruleOfAlert(alert).length);
    },
    hasCheck: (check) => (checks ??= new Set(plan.checks.map(({ key }) => key))).has(check),
  };
}

/** `<service>/<check>/<rule>` of an alert key: all of it but the subject. */
function ruleOfAlert(alert: AlertKey): string {
  const check = alert.indexOf("/", alert.indexOf("/") + 1);
  const rule = check < 0 ? -1 : alert.indexOf("/", check + 1);
  return rule < 0 ? alert : alert.slice(0, rule);
}

function rulesOf(plan: MonitorPlan): ReadonlyMap<string, Found> {
  const rules = new Map<string, Found>();
  plan.checks.forEach((check, c) => {
    check.rules.forEach((rule, r) => {
      rules.set(`${check.key}/${rule.name}`, { place: `${c}.${r}`, timing: plan.timings[rule.timing] });
    });
  });
  return rules;
}
