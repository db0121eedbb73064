/** Brings the running monitors in line with a configuration: starts what is new, tells what changed, lets end what is gone. */

import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
} from "@temporalio/client";
import type { Client, WorkflowStartOptions } from "@temporalio/client";

import type { MonitorInput } from "../../workflows/monitor-run.js";
import { commandSignal, controlQueue, monitorWorkflowId, statusQuery } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import { monitorSummary } from "../../workflows/steering.js";
import { searchAttributes } from "../../workflows/search-attributes.js";
import { shardsOf } from "../domain/plan-shards.js";
import type { RevisionId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { monitorOwner } from "../domain/monitor-plan.js";
import { askRunning } from "./ask.js";
import type { MonitorStatus } from "./live-status.js";
import type { MonitorRef } from "./running.js";
import { listMonitors } from "./running.js";

/** Workflow ids of monitors, each in one of the lists. */
export interface Synced {
  readonly started: readonly string[];
  readonly reconfigured: readonly string[];
  /** Run under this revision already, and wait for no other: they are sent nothing. */
  readonly unchanged: readonly string[];
  /** The configuration has no checks for them any more: they tell the ends and return. */
  readonly retiring: readonly string[];
}

type Standing = "absent" | "settled" | "to be told";

/** `attributes`: search attributes may be set. Rejects with TMP-001 when the server cannot be reached. */
export async function syncMonitors(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  attributes: boolean,
): Promise<Synced> {
  const wanted = monitorsOf(plan);
  const standings = await standingsOf(client, prefix, wanted, plan.revision);
  for (const [monitor, standing] of standings) {
    if (standing !== "settled") await startOrReconfigure(client, prefix, plan, monitor, attributes);
  }
  const ids = (standing: Standing): readonly string[] =>
    standings.flatMap(([monitor, each]) => (each === standing ? [idOf(prefix, monitor)] : []));
  return {
    started: ids("absent"),
    reconfigured: ids("to be told"),
    unchanged: ids("settled"),
    retiring: await retire(client, prefix, plan, wanted),
  };
}

/** Every monitor that a plan asks for: one for each shard that has checks. */
export function monitorsOf(plan: Plan): readonly MonitorRef[] {
  return plan.systems.flatMap(({ name, services }) =>
    [...new Set(services.flatMap(shardsOf))].map((shard) => ({ system: name, shard })),
  );
}

async function standingsOf(
  client: Client,
  prefix: Prefix,
  monitors: readonly MonitorRef[],
  revision: RevisionId,
): Promise<readonly (readonly [MonitorRef, Standing])[]> {
  return Promise.all(
    monitors.map(async (monitor) => [monitor, await standingOf(client, prefix, monitor, revision)] as const),
  );
}

/**
 * Asked of the monitor itself, which has taken every earlier signal when it answers: what was applied before need not have reached
 * it, or may still be on its way. A monitor that nobody answers for is told once more, which changes nothing when it knew.
 */
async function standingOf(
  client: Client,
  prefix: Prefix,
  monitor: MonitorRef,
  revision: RevisionId,
): Promise<Standing> {
  const asked = await askRunning<Partial<MonitorStatus>, []>(client, idOf(prefix, monitor), statusQuery);
  if (asked.state === "absent") return "absent";
  if (asked.state === "no-worker") return "to be told";
  // A worker of an older version does not say what its monitor waits for.
  const settled = asked.value.revision === revision && asked.value.wanted?.length === 0;
  return settled ? "settled" : "to be told";
}

/** The ids of those that had to be told; one that runs under the revision already is telling its ends. */
async function retire(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  wanted: readonly MonitorRef[],
): Promise<readonly string[]> {
  const kept = new Set(wanted.map((monitor) => idOf(prefix, monitor)));
  const gone = (await listMonitors(client, prefix)).filter((monitor) => !kept.has(idOf(prefix, monitor)));
  const told: string[] = [];
  for (const [monitor, standing] of await standingsOf(client, prefix, gone, plan.revision)) {
    if (standing !== "to be told") continue;
    const id = idOf(prefix, monitor);
    try {
      await client.workflow.getHandle(id).signal(commandSignal("reconfigure"), { revision: plan.revision });
      told.push(id);
    } catch (error) {
      // The list lags a moment behind: it had ended by itself.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return told;
}

function idOf(prefix: Prefix, { system, shard }: MonitorRef): string {
  return monitorWorkflowId(prefix, system, shard);
}

/**
 * Starts the monitors of a plan that do not run: somebody terminated or cancelled them, or their history is lost. One that runs is
 * not touched, whatever its revision. Answers the ids of those it started.
 */
export async function startMissingMonitors(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  attributes: boolean,
): Promise<readonly string[]> {
  const running = new Set((await listMonitors(client, prefix)).map((monitor) => idOf(prefix, monitor)));
  const started: string[] = [];
  for (const monitor of monitorsOf(plan).filter((each) => !running.has(idOf(prefix, each)))) {
    try {
      await client.workflow.start("monitor", startOf(prefix, plan, monitor, attributes));
      started.push(idOf(prefix, monitor));
    } catch (error) {
      // The list lags a moment behind: it runs.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
  return started;
}

async function startOrReconfigure(
  client: Client,
  prefix: Prefix,
  plan: Plan,
  monitor: MonitorRef,
  attributes: boolean,
): Promise<void> {
  await client.workflow.signalWithStart("monitor", {
    ...startOf(prefix, plan, monitor, attributes),
    signal: commandSignal("reconfigure"),
    signalArgs: [{ revision: plan.revision }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
}

function startOf(
  prefix: Prefix,
  plan: Plan,
  { system, shard }: MonitorRef,
  attributes: boolean,
): WorkflowStartOptions & { readonly args: [MonitorInput] } {
  return {
    workflowId: monitorWorkflowId(prefix, system, shard),
    taskQueue: controlQueue(prefix),
    args: [{ prefix, system, shard, revision: plan.revision }],
    workflowTaskTimeout: "5s",
    staticSummary: monitorSummary(system),
    staticDetails: "Signals: pause, resume, sweepNow, reconfigure. Every field is optional.",
    memo: { owner: monitorOwner(plan, system) },
    ...(attributes
      ? {
          typedSearchAttributes: [
            { key: searchAttributes.system, value: system },
            { key: searchAttributes.state, value: "good" },
          ],
        }
      : {}),
  };
}
