/** Which of our workflows run, as the server lists them: needs no worker, and may lag a moment behind. */

import type { Client, WorkflowExecutionInfo } from "@temporalio/client";

import type { ServiceId } from "../domain/ids.js";
import type { Prefix } from "../../workflows/names.js";
import { searchAttributes } from "../../workflows/search-attributes.js";
import { callError } from "./failures.js";

export interface MonitorRef {
  readonly system: string;
  readonly shard: number;
}

export interface RunningIncident {
  readonly service: ServiceId;
  /** When this run of its workflow began; the incident itself may be older. */
  readonly startedAt: number;
  /** What it last wrote into its search attribute; absent where the namespace has none. */
  readonly state?: string;
}

export async function listMonitors(client: Client, prefix: Prefix): Promise<readonly MonitorRef[]> {
  const running = await list(client, "monitor", `${prefix}monitor:`);
  return running
    .flatMap(({ name }) => monitorRef(name))
    .sort((a, b) => (a.system === b.system ? a.shard - b.shard : a.system < b.system ? -1 : 1));
}

export async function listIncidents(client: Client, prefix: Prefix): Promise<readonly RunningIncident[]> {
  const running = await list(client, "incident", `${prefix}incident:`);
  return running
    .map(({ name, info }) => {
      const state = info.typedSearchAttributes.get(searchAttributes.state);
      return {
        service: name as ServiceId,
        startedAt: info.startTime.getTime(),
        ...(state === undefined ? {} : { state }),
      };
    })
    .sort((a, b) => (a.service < b.service ? -1 : 1));
}

async function list(
  client: Client,
  type: string,
  idPrefix: string,
): Promise<readonly { readonly name: string; readonly info: WorkflowExecutionInfo }[]> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  const found: { readonly name: string; readonly info: WorkflowExecutionInfo }[] = [];
  try {
    for await (const info of client.workflow.list({ query })) {
      if (info.workflowId.startsWith(idPrefix))
        found.push({ name: info.workflowId.slice(idPrefix.length), info });
    }
  } catch (error) {
    throw callError(error);
  }
  return found;
}

/** `kohakku` or `kohakku:2`; anything else is none of ours. */
function monitorRef(name: string): readonly MonitorRef[] {
  const [system = "", shard, ...rest] = name.split(":");
  const number = shard === undefined ? 1 : Number(shard);
  return system === "" || rest.length > 0 || !Number.isSafeInteger(number) ? [] : [{ system, shard: number }];
}
