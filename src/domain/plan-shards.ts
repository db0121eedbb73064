/** Which monitors sweep a service: one, or several where it alone is more than one monitor carries. Pure. */

import type { CheckPlan, ServicePlan } from "./plan.js";

export function shardOf(service: ServicePlan, check: CheckPlan): number {
  return check.shard ?? service.shard;
}

/** Every shard that has a check of it; none for a service without checks. */
export function shardsOf(service: ServicePlan): readonly number[] {
  return [...new Set(service.checks.map((check) => shardOf(service, check)))];
}
