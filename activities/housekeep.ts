/** Partitions, rollups and retention, as the applied configuration wants them. */

import { TocsinError } from "../src/errors.js";
import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { beating } from "./heartbeat.js";

type Dependencies = Pick<ControlDependencies, "plans" | "store" | "clock">;

export function housekeepActivity({ plans, store, clock }: Dependencies): ControlActivities["housekeep"] {
  return () =>
    beating(async () => {
      const current = await plans.current();
      if (current === undefined)
        throw new TocsinError("RUN-002", "housekeeping needs an applied configuration");
      const { partitionsMade, partitionsDropped, bucketsRolledUp } = await store.housekeep(
        clock.now(),
        current.plan.retention,
      );
      return { partitionsMade, partitionsDropped, bucketsRolledUp };
    });
}
