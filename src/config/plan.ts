/** The plan: the parsed configuration with every default filled in, sorted, as plain JSON. */

import type {
  CheckPlan,
  NotifierPlan,
  PlainSpec,
  Plan,
  RulePlan,
  SchedulePlan,
  ServicePlan,
  SystemPlan,
} from "../domain/plan.js";
import { sweptEveryMs } from "./check-times.js";
import { plainJson } from "./plain-json.js";
import type { CheckInput, ParsedCheck, ParsedConfig, ParsedService, ParsedSystem } from "./parsed.js";
import { policyPlans } from "./plan-policies.js";
import { declaredRule, ruleDefaults, typeRule } from "./plan-rules.js";
import { DEFAULT_POLICY } from "./review-references.js";
import { withRevision } from "./revision.js";
import { sharded } from "./shards.js";

const MINUTE_MS = 60_000;

/** Schedules there are unless the configuration says otherwise. */
const DEFAULT_SCHEDULES: readonly SchedulePlan[] = [
  { name: "doctor", everyMs: 5 * MINUTE_MS },
  { name: "housekeeping", everyMs: 60 * MINUTE_MS },
];

/** Takes a configuration without errors. The same meaning gives the same revision, in whatever order it is written. */
export function buildPlan(config: ParsedConfig, previous: Plan | undefined): Plan {
  const { egress, retention } = config;
  return withRevision({
    systems: byName(config.systems.map((system) => systemPlan(system, config, previous))),
    notifiers: Object.fromEntries(config.notifiers.flatMap(notifierPlan).map((each) => [each.name, each])),
    policies: policyPlans(config),
    schedules: DEFAULT_SCHEDULES.flatMap((schedule) => schedulePlan(schedule, config)),
    egress: { allow: egress.allow, deny: egress.deny },
    retention: {
      rawMs: retention.raw,
      fiveMinutesMs: retention.five_minutes,
      hourlyMs: retention.hourly,
    },
  });
}

function byName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function systemPlan(system: ParsedSystem, config: ParsedConfig, previous: Plan | undefined): SystemPlan {
  const before = previous?.systems.find(({ name }) => name === system.name)?.services ?? [];
  const services = system.services.map((service) => servicePlan(service, system, config));
  return {
    name: system.name,
    ...given("owner", system.value?.owner),
    services: byName(sharded(services, before)),
  };
}

function servicePlan(service: ParsedService, system: ParsedSystem, config: ParsedConfig): ServicePlan {
  const { value } = service;
  return {
    name: service.name,
    ...given("owner", value?.owner ?? system.value?.owner),
    policy: value?.policy ?? system.value?.policy ?? DEFAULT_POLICY,
    shard: 1,
    checks: byName(service.checks.flatMap((check) => checkPlan(check, config))),
  };
}

function checkPlan(check: ParsedCheck, config: ParsedConfig): readonly CheckPlan[] {
  const input = check.value;
  if (!input?.common.enabled) return [];
  const { common, type, spec } = input;
  const everyMs = sweptEveryMs(input, config.defaults);
  const timeoutMs = common.timeout ?? config.defaults.timeout ?? type.defaults.timeoutMs;
  return [
    {
      name: check.name,
      type: type.type,
      everyMs,
      timeoutMs: Math.min(timeoutMs, everyMs),
      ...given("from", common.from),
      labels: common.labels,
      assert: common.assert,
      fields: common.fields,
      ...given("each", common.each === undefined ? undefined : eachPlan(common.each)),
      subjects: common.subjects,
      spec: plainJson(spec),
      target: type.target(spec),
      rules: byName(rulePlans(check, input, config)),
    },
  ];
}

function eachPlan({ path, subject, fields }: NonNullable<CheckInput["common"]["each"]>): CheckPlan["each"] {
  return { path, ...(subject === undefined ? {} : { subject }), fields };
}

/** The rules that are written; those of the type when none is. */
function rulePlans(check: ParsedCheck, input: CheckInput, { defaults }: ParsedConfig): readonly RulePlan[] {
  const base = ruleDefaults(defaults, input.common.labels);
  if (check.rules.length === 0) return input.type.rules(input.spec).map((rule) => typeRule(rule, base));
  return check.rules.flatMap(({ name, value }) =>
    value === undefined ? [] : [declaredRule(name, value, base)],
  );
}

function notifierPlan({ name, value }: ParsedConfig["notifiers"][number]): readonly NotifierPlan[] {
  if (value === undefined) return [];
  const spec: PlainSpec = plainJson(value.spec);
  return [{ name, type: value.type.type, spec, allowPrivate: spec.allow_private === true }];
}

function schedulePlan(standard: SchedulePlan, config: ParsedConfig): readonly SchedulePlan[] {
  const written = config.schedules[standard.name];
  if (written === undefined) return [standard];
  if (written === "off") return [];
  return [
    {
      name: standard.name,
      ...given("everyMs", written.every),
      ...given("cron", written.cron),
      ...given("timezone", written.timezone),
    },
  ];
}

/** The key with its value, or nothing where there is none. */
function given<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  const pair: Partial<Record<K, V>> = {};
  if (value !== undefined) pair[key] = value;
  return pair;
}
