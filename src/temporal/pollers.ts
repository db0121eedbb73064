/** Who asks a task queue for work, as the server saw it last. */

import type { Client } from "@temporalio/client";
// Only the default import works from ES modules: the package is CommonJS that Node cannot read names from.
import proto from "@temporalio/proto";

const { TaskQueueType } = proto.temporal.api.enums.v1;
/** The server remembers pollers for minutes; one that has not asked for so long is gone. */
const GONE_MS = 90_000;

const TYPES = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

/** How many poll it for tasks of this kind. */
export async function polls(
  { connection, options: { namespace } }: Pick<Client, "connection" | "options">,
  queue: string,
  kind: keyof typeof TYPES,
): Promise<number> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: TYPES[kind],
  });
  const since = Date.now() - GONE_MS;
  return pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since).length;
}
