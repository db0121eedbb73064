/** The slice of the configuration that one monitor works from. */

import { monitorPlan } from "../src/domain/monitor-plan.js";
import type { RevisionId } from "../src/domain/ids.js";
import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";

type Dependencies = Pick<ControlDependencies, "plans" | "searchAttributes">;

export function loadMonitorActivity({
  plans,
  searchAttributes,
}: Dependencies): ControlActivities["loadMonitor"] {
  return async ({ system, shard, revision }) => {
    if (revision !== undefined)
      return monitorPlan(await plans.plan(revision), system, shard, searchAttributes());
    const current = await plans.current();
    if (current !== undefined) return monitorPlan(current.plan, system, shard, searchAttributes());
    const nothing = { revision: "" as RevisionId, system, shard, lanes: [], checks: [], timings: [] };
    return { ...nothing, searchAttributes: searchAttributes() };
  };
}
