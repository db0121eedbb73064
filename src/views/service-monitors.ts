/** Which monitors sweep a part of the configuration. Pure. */

import type { ServiceId } from "../domain/ids.js";
import { parseServiceId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { findService } from "../domain/plan-lookup.js";
import { shardOf, shardsOf } from "../domain/plan-shards.js";
import type { MonitorRef } from "../temporal/running.js";

/** The monitors that sweep a service, or one check of it; none where the configuration has no checks there. */
export function monitorsOfService(plan: Plan, id: ServiceId, check?: string): readonly MonitorRef[] {
  const service = findService(plan, id);
  if (service === undefined) return [];
  const { system } = parseServiceId(id);
  const named = service.checks.find(({ name }) => name === check);
  const shards = named === undefined ? shardsOf(service) : [shardOf(service, named)];
  return shards.map((shard) => ({ system, shard }));
}
