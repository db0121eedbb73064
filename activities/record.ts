/** Writes what a workflow has to tell into the store; a batch that is written twice is there once. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";

export function recordActivity({
  store,
  recording,
  unrecorded,
}: Pick<ControlDependencies, "store" | "recording" | "unrecorded">): ControlActivities["record"] {
  return async (batch) => {
    recording(batch);
    try {
      await store.recordStory(batch);
    } catch (error) {
      unrecorded(batch);
      throw error;
    }
  };
}
