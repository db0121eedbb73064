/** Writes what a workflow has to tell into the store; a batch that is written twice is there once. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";

export function recordActivity({ store }: Pick<ControlDependencies, "store">): ControlActivities["record"] {
  return (batch) => store.recordStory(batch);
}
