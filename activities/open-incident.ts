/** The settings an incident speaks under, as its revision has them. */

import { parseServiceId, RESERVED_SYSTEM } from "../src/domain/ids.js";
import type { ServiceId } from "../src/domain/ids.js";
import type { Plan, PolicyPlan, ServicePlan } from "../src/domain/plan.js";
import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";

/** The policy of Tocsin's own system, and of a service the revision does not know. */
const DEFAULT_POLICY = "default";

type Dependencies = Pick<ControlDependencies, "plans" | "searchAttributes">;

export function openIncidentActivity({
  plans,
  searchAttributes,
}: Dependencies): ControlActivities["openIncident"] {
  return async ({ service, revision }) => {
    const plan = await plans.plan(revision);
    const planned = serviceOf(plan, service);
    const runbooks =
      planned?.checks.flatMap((check) => check.rules.flatMap((rule) => rule.runbook ?? [])) ?? [];
    return {
      policy: policyOf(plan, service, planned),
      runbooks: [...new Set(runbooks)].slice(0, 10),
      searchAttributes: searchAttributes(),
      ...(planned?.owner === undefined ? {} : { owner: planned.owner }),
    };
  };
}

function serviceOf(plan: Plan, id: ServiceId): ServicePlan | undefined {
  const { system, service } = parseServiceId(id);
  return plan.systems.find(({ name }) => name === system)?.services.find(({ name }) => name === service);
}

function policyOf(plan: Plan, id: ServiceId, planned: ServicePlan | undefined): PolicyPlan {
  const name =
    parseServiceId(id).system === RESERVED_SYSTEM ? DEFAULT_POLICY : (planned?.policy ?? DEFAULT_POLICY);
  const policy = plan.policies[name] ?? Object.values(plan.policies)[0];
  if (policy === undefined) throw new Error(`revision ${plan.revision} has no policy for ${id}`);
  return policy;
}
