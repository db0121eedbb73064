/** A run's record, and doing it again. */

import { coresdk } from "@temporalio/proto";
import { inCoreOrder } from "./messages.js";
import type { ActivationJob, Command, Sandbox, TaskMeta } from "./sandbox.js";

/** A completed workflow task, as it can be replayed. */
export interface TaskRecord {
  readonly meta: TaskMeta;
  readonly activations: readonly (readonly ActivationJob[])[];
  readonly commands: readonly Command[];
}

/** Does a recorded task again; throws when the workflow now gives other commands than it gave then. */
export async function replayTask(sandbox: Sandbox, task: TaskRecord, index: number): Promise<void> {
  const patches = task.commands.flatMap(({ setPatchMarker }): ActivationJob[] =>
    setPatchMarker ? [{ notifyHasPatch: { patchId: setPatchMarker.patchId ?? "" } }] : [],
  );
  const commands: Command[] = [];
  for (const [step, jobs] of task.activations.entries()) {
    const withPatches = inCoreOrder(step === 0 ? [...patches, ...jobs] : jobs);
    commands.push(...(await sandbox.activate(withPatches, task.meta)).commands);
  }
  const [before, after] = [task.commands.map(written), commands.map(written)];
  if (before.join("\n") !== after.join("\n")) {
    throw new Error(
      `replay differs at workflow task ${String(index + 1)}\nrecorded:\n  ${before.join("\n  ")}\nreplayed:\n  ${after.join("\n  ")}`,
    );
  }
}

function written(command: Command): string {
  return JSON.stringify(coresdk.workflow_commands.WorkflowCommand.fromObject(command));
}
