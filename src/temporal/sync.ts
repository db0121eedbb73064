/** Brings the running monitors in line with a configuration: starts what is new, tells what changed, lets end what is gone. */

import { WorkflowIdConflictPolicy } from "@temporalio/client";
import type { Client } from "@temporalio/client";

import type { MonitorInput } from "../../workflows/monitor-run.js";
import { commandSignal, controlQueue, monitorWorkflowId } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import { monitorSummary } from "../../workflows/steering.js";
import { searchAttributes } from "../../workflows/search-attributes.js";
import type { Plan } from "../domain/plan.js";

export interface Synced {
  readonly started: readonly string[];
  readonly reconfigured: readonly string[];
  /** Monitors that the configuration has no checks for any more: they tell the ends and return. */
  readonly retiring: readonly string[];
}

/** `attributes`: search attributes may be set. Monitors that already run under this revision are not touched. */
export async function syncMonitors(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  attributes: boolean,
): Promise<Synced> {
  const wanted = monitorsOf(plan);
  const running = await runningMonitors(client, prefix);
  const started: string[] = [];
  const reconfigured: string[] = [];
  for (const { system, shard } of wanted) {
    const id = monitorWorkflowId(prefix, system, shard);
    (running.includes(id) ? reconfigured : started).push(id);
    await startOrReconfigure(client, prefix, plan, system, shard, attributes);
  }
  const ids = new Set(wanted.map(({ system, shard }) => monitorWorkflowId(prefix, system, shard)));
  const retiring = running.filter((id) => !ids.has(id));
  for (const id of retiring) {
    await client.workflow.getHandle(id).signal(commandSignal("reconfigure"), { revision: plan.revision });
  }
  return { started, reconfigured, retiring };
}

/** Every monitor that a plan asks for: one for each shard that has checks. */
export function monitorsOf(plan: Plan): readonly { readonly system: string; readonly shard: number }[] {
  return plan.systems.flatMap(({ name, services }) =>
    [...new Set(services.filter(({ checks }) => checks.length > 0).map(({ shard }) => shard))].map(
      (shard) => ({ system: name, shard }),
    ),
  );
}

/** Ids of the monitors that run now. Read by id prefix, which needs no search attribute of ours. */
export async function runningMonitors(client: Client, prefix: Prefix): Promise<readonly string[]> {
  const ids: string[] = [];
  const query = `WorkflowType = 'monitor' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    if (workflowId.startsWith(`${prefix}monitor:`)) ids.push(workflowId);
  }
  return ids;
}

async function startOrReconfigure(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  system: string,
  shard: number,
  attributes: boolean,
): Promise<void> {
  const input: MonitorInput = { prefix, system, shard, revision: plan.revision };
  const owner = plan.systems.find(({ name }) => name === system)?.owner;
  await client.workflow.signalWithStart("monitor", {
    workflowId: monitorWorkflowId(prefix, system, shard),
    taskQueue: controlQueue(prefix),
    args: [input],
    signal: commandSignal("reconfigure"),
    signalArgs: [{ revision: plan.revision }],
    workflowTaskTimeout: "5s",
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: monitorSummary(system),
    staticDetails: "Signals: pause, resume, sweepNow, reconfigure. Every field is optional.",
    memo: { owner: owner ?? "nobody" },
    ...(attributes
      ? {
          typedSearchAttributes: [
            { key: searchAttributes.system, value: system },
            { key: searchAttributes.state, value: "good" },
          ],
        }
      : {}),
  });
}
