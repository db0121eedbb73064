/** What the doctor asks of Temporal: search attributes, pollers, monitors that should run. */

import type { Client, Connection } from "@temporalio/client";
// Only the default import works from ES modules: the package is CommonJS that Node cannot read names from.
import proto from "@temporalio/proto";

import type { Examination } from "../../activities/doctor.js";
import { fail, pass, warn } from "../../activities/doctor.js";
import { controlQueue, deliverQueue, monitorWorkflowId, probeQueue } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import { searchAttributes } from "../../workflows/search-attributes.js";
import type { Plan } from "../domain/plan.js";
import { errorText } from "../lib/error-code.js";
import type { MonitorRef } from "./running.js";
import { listMonitors } from "./running.js";
import type { ClockSkewMeter } from "./clock-skew.js";
import { skewFinding } from "./clock-skew.js";
import { missingSearchAttributes } from "./search-attributes.js";
import { monitorsOf } from "./sync.js";

const { TaskQueueType } = proto.temporal.api.enums.v1;
type QueueType = proto.temporal.api.enums.v1.TaskQueueType;
/** The server remembers pollers for minutes; one that has not asked for so long is gone. */
const POLLER_GONE_MS = 90_000;

export interface ExaminedTemporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly address: string;
  readonly namespace: string;
  readonly prefix: Prefix;
  readonly currentPlan: () => Promise<Plan | undefined>;
  readonly clockSkew: ClockSkewMeter;
}

export function temporalExaminations(examined: ExaminedTemporal): readonly Examination[] {
  return [
    { name: "temporal", examine: () => examineServer(examined) },
    { name: "search attributes", examine: () => examineSearchAttributes(examined) },
    { name: "workers", examine: () => examineWorkers(examined) },
    { name: "monitors", examine: () => examineMonitors(examined) },
    { name: "clock", examine: () => examineClock(examined) },
  ];
}

async function examineServer({
  connection,
  namespace,
}: ExaminedTemporal): ReturnType<Examination["examine"]> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  await connection.workflowService.describeNamespace({ namespace });
  return [pass(`server ${serverVersion}, namespace ${namespace}`)];
}

async function examineSearchAttributes({
  connection,
  address,
  namespace,
}: ExaminedTemporal): ReturnType<Examination["examine"]> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length === 0) return [pass("registered")];
  // One command each: of several names in one, the Temporal CLI registers the first.
  const commands = missing.map(
    (name) =>
      `temporal operator search-attribute create --address ${address} --namespace ${namespace} --name ${name} --type ${name === searchAttributes.openAlerts.name ? "Int" : "Keyword"}`,
  );
  return [
    warn(
      `not registered: ${missing.join(", ")}. Everything works, but the Temporal UI cannot filter by them. ${commands.join("; ")}; then restart the workers`,
    ),
  ];
}

async function examineWorkers(examined: ExaminedTemporal): ReturnType<Examination["examine"]> {
  const { prefix } = examined;
  const plan = await examined.currentPlan();
  const locations = new Set(
    plan?.systems.flatMap(({ services }) =>
      services.flatMap(({ checks }) => checks.flatMap(({ from }) => from ?? [])),
    ) ?? [],
  );
  const queues = [
    { name: controlQueue(prefix), type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW },
    { name: probeQueue(prefix), type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
    { name: deliverQueue(prefix), type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
    ...[...locations].map((location) => ({
      name: probeQueue(prefix, location),
      type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    })),
  ];
  return Promise.all(
    queues.map(async ({ name, type }) => {
      const pollers = await livePollers(examined, name, type);
      return pollers > 0
        ? pass(`${name}: ${pollers} polling`)
        : fail(`${name}: no worker polls it; start one with tocsin worker`);
    }),
  );
}

async function livePollers(
  { connection, namespace }: ExaminedTemporal,
  queue: string,
  type: QueueType,
): Promise<number> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: type,
  });
  const since = Date.now() - POLLER_GONE_MS;
  return pollers.filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1_000 >= since).length;
}

async function examineMonitors({
  client,
  prefix,
  currentPlan,
}: ExaminedTemporal): ReturnType<Examination["examine"]> {
  const plan = await currentPlan();
  if (plan === undefined) return [warn("no configuration has been applied yet: nothing is watched")];
  const idOf = ({ system, shard }: MonitorRef): string => monitorWorkflowId(prefix, system, shard);
  const running = (await listMonitors(client, prefix)).map(idOf);
  const missing = monitorsOf(plan)
    .map(idOf)
    .filter((id) => !running.includes(id));
  if (missing.length > 0) return [fail(`not running: ${missing.join(", ")}; tocsin apply starts them`)];
  return [pass(`${running.length} running, revision ${plan.revision}`)];
}

/** No page depends on it: not to know it is no failure. */
async function examineClock({ clockSkew }: ExaminedTemporal): ReturnType<Examination["examine"]> {
  try {
    return [skewFinding(await clockSkew.measure())];
  } catch (error) {
    return [warn(`could not be compared with the server's: ${errorText(error)}`)];
  }
}
