/** How busy workers are, by what the SDK says of them. */

import type { SlotUse } from "../telemetry/worker-meter.js";
import type { QueueWorker } from "./worker.js";

export function taskSlots(workers: readonly QueueWorker[]): readonly SlotUse[] {
  return workers.flatMap(({ worker, queue, slots }) => {
    const status = worker.getStatus();
    const isRunning = status.runState === "RUNNING";
    const { workflow, activity } = slots;
    const uses: readonly (SlotUse | undefined)[] = [
      workflow === undefined
        ? undefined
        : {
            queue,
            kind: "workflow",
            slots: workflow,
            used: status.numInFlightWorkflowActivations,
            polling: isRunning && status.workflowPollerState === "POLLING",
          },
      activity === undefined
        ? undefined
        : {
            queue,
            kind: "activity",
            slots: activity,
            used: status.numInFlightNonLocalActivities,
            polling: isRunning && status.activityPollerState === "POLLING",
          },
    ];
    return uses.filter((use) => use !== undefined);
  });
}
