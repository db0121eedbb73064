/** The policy a service's incidents speak under, as a revision has it. */

import { parseServiceId, RESERVED_SYSTEM } from "../src/domain/ids.js";
import type { ServiceId } from "../src/domain/ids.js";
import type { Plan, PolicyPlan, ServicePlan } from "../src/domain/plan.js";

/** The policy of Tocsin's own system, and of a service the revision does not know. */
const DEFAULT_POLICY = "default";

function findService(plan: Plan, id: ServiceId): ServicePlan | undefined {
  const { system, service } = parseServiceId(id);
  return plan.systems.find(({ name }) => name === system)?.services.find(({ name }) => name === service);
}

/** Throws when the plan has no policy at all, which no validated configuration gives. */
export function policyOfService(plan: Plan, id: ServiceId): PolicyPlan {
  const isOwn = parseServiceId(id).system === RESERVED_SYSTEM;
  const name = isOwn ? DEFAULT_POLICY : (findService(plan, id)?.policy ?? DEFAULT_POLICY);
  const policy = plan.policies[name] ?? Object.values(plan.policies)[0];
  if (policy === undefined) throw new Error(`revision ${plan.revision} has no policy for ${id}`);
  return policy;
}
