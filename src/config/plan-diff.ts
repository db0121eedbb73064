/** What applying a plan would change, as a person reads it. */

import type { CheckPlan, Plan, RulePlan, ServicePlan, SystemPlan } from "../domain/plan.js";
import { canonicalJson } from "./plain-json.js";
import { changedFields, type FieldChange } from "./plan-fields.js";

export interface PlanChange {
  readonly change: "added" | "changed" | "removed";
  readonly what: "system" | "service" | "check" | "alert" | "notifier" | "policy" | "setting";
  /** `kohakku/controller/ready`; the name of a notifier, a policy or a setting. */
  readonly id: string;
  /** What came with it, or what became different. */
  readonly details: readonly string[];
}

/** In order of systems, services, checks, alerts, then the rest; nothing when the plans mean the same. */
export function planDiff(before: Plan | undefined, after: Plan): readonly PlanChange[] {
  return [
    ...compare("system", "", before?.systems ?? [], after.systems, changedSystem, systemContent),
    ...compareRecords("notifier", before?.notifiers ?? {}, after.notifiers),
    ...compareRecords("policy", before?.policies ?? {}, after.policies),
    ...(before === undefined ? [] : changedSettings(before, after)),
  ];
}

const SIGNS = { added: "+", changed: "~", removed: "-" } as const;

/** `~ check kohakku/controller/ready: every 15s → 30s`, one line each. */
export function planDiffLines(changes: readonly PlanChange[]): readonly string[] {
  return changes.map(({ change, what, id, details }) => {
    const more = details.length === 0 ? "" : `: ${details.join(", ")}`;
    return `${SIGNS[change]} ${what} ${id}${more}`;
  });
}

interface Named {
  readonly name: string;
}

function compare<T extends Named>(
  what: PlanChange["what"],
  prefix: string,
  before: readonly T[],
  after: readonly T[],
  changed: (id: string, was: T, is: T) => readonly PlanChange[],
  content: (item: T) => readonly string[],
): readonly PlanChange[] {
  const old = new Map(before.map((item) => [item.name, item]));
  const names = new Set(after.map(({ name }) => name));
  const gone = before.filter(({ name }) => !names.has(name));
  return [
    ...after.flatMap((item): readonly PlanChange[] => {
      const was = old.get(item.name);
      const id = `${prefix}${item.name}`;
      if (was === undefined) return [{ change: "added", what, id, details: content(item) }];
      return canonicalJson(was) === canonicalJson(item) ? [] : changed(id, was, item);
    }),
    ...gone.map((item) => ({
      change: "removed" as const,
      what,
      id: `${prefix}${item.name}`,
      details: content(item),
    })),
  ];
}

/** The fields of the thing itself, when any of them is different. */
function own(what: PlanChange["what"], id: string, fields: readonly FieldChange[]): readonly PlanChange[] {
  return fields.length === 0 ? [] : [{ change: "changed", what, id, details: fields }];
}

function changedSystem(id: string, was: SystemPlan, is: SystemPlan): readonly PlanChange[] {
  return [
    ...own("system", id, changedFields(was, is, ["services"])),
    ...compare("service", `${id}/`, was.services, is.services, changedService, serviceContent),
  ];
}

function changedService(id: string, was: ServicePlan, is: ServicePlan): readonly PlanChange[] {
  return [
    ...own("service", id, changedFields(was, is, ["checks", "shard"])),
    ...compare("check", `${id}/`, was.checks, is.checks, changedCheck, checkContent),
  ];
}

function changedCheck(id: string, was: CheckPlan, is: CheckPlan): readonly PlanChange[] {
  return [
    ...own("check", id, [
      ...changedFields(was, is, ["rules", "spec", "target", "shard"]),
      ...changedFields(was.spec, is.spec, []),
    ]),
    ...compare("alert", `${id}/`, was.rules, is.rules, changedRule, ruleContent),
  ];
}

function changedRule(id: string, was: RulePlan, is: RulePlan): readonly PlanChange[] {
  return own("alert", id, changedFields(was, is, []));
}

function systemContent({ services }: SystemPlan): readonly string[] {
  const checks = services.flatMap((service) => service.checks);
  return [counted(services.length, "service"), ...checksContent(checks)];
}

function serviceContent({ checks }: ServicePlan): readonly string[] {
  return checksContent(checks);
}

function checksContent(checks: readonly CheckPlan[]): readonly string[] {
  const alerts = checks.reduce((sum, { rules }) => sum + rules.length, 0);
  return [counted(checks.length, "check"), counted(alerts, "alert")];
}

function checkContent({ type, target, rules }: CheckPlan): readonly string[] {
  return [`${type} ${target}`, counted(rules.length, "alert")];
}

function ruleContent({ severity }: RulePlan): readonly string[] {
  return [severity];
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function compareRecords<T extends Named>(
  what: "notifier" | "policy",
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): readonly PlanChange[] {
  const changed = (id: string, was: T, is: T): readonly PlanChange[] =>
    own(what, id, changedFields(was, is, []));
  return compare(what, "", Object.values(before), Object.values(after), changed, () => []);
}

function changedSettings(before: Plan, after: Plan): readonly PlanChange[] {
  return [
    ...own("setting", "schedules", changedFields(schedulesOf(before), schedulesOf(after), [])),
    ...own("setting", "egress", changedFields(before.egress, after.egress, [])),
    ...own("setting", "retention", changedFields(before.retention, after.retention, [])),
  ];
}

function schedulesOf({ schedules }: Plan): Readonly<Record<string, object>> {
  return Object.fromEntries(schedules.map(({ name, ...schedule }) => [name, schedule]));
}
