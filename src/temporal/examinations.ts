/** What the doctor asks of Temporal: search attributes, pollers, monitors that should run. */

import type { Client, Connection } from "@temporalio/client";

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
import { polls } from "./pollers.js";
import { missingSearchAttributes } from "./search-attributes.js";
import { monitorsOf } from "./sync.js";

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
    { name: controlQueue(prefix), kind: "workflow" as const },
    { name: probeQueue(prefix), kind: "activity" as const },
    { name: deliverQueue(prefix), kind: "activity" as const },
    ...[...locations].map((location) => ({
      name: probeQueue(prefix, location),
      kind: "activity" as const,
    })),
  ];
  return Promise.all(
    queues.map(async ({ name, kind }) => {
      const pollers = await polls(examined.client, name, kind);
      return pollers > 0
        ? pass(`${name}: ${pollers} polling`)
        : fail(`${name}: no worker polls it; start one with tocsin worker`);
    }),
  );
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
