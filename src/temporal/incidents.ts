/** The way from a monitor to its incidents: signal-with-start, so that two workers can never open two. */

import { WorkflowNotFoundError } from "@temporalio/client";
import type { Client } from "@temporalio/client";

import type { Incidents } from "../../activities/dependencies.js";
import { parseServiceId } from "../domain/ids.js";
import type { MembersMessage } from "../domain/members.js";
import { controlQueue, incidentWorkflowId, membersSignal } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import { incidentSummary } from "../../workflows/steering.js";
import { searchAttributes } from "../../workflows/search-attributes.js";
import type { IncidentInput } from "../../workflows/incident-run.js";

export interface IncidentStart {
  readonly prefix: Prefix;
  /** Search attributes may be set. */
  readonly attributes: () => boolean;
}

const WORKFLOW_TASK_TIMEOUT = "5s";

export function temporalIncidents(client: Client, start: IncidentStart): Incidents {
  return {
    async tell(service, message, opening) {
      const workflowId = incidentWorkflowId(start.prefix, service);
      if (opening === undefined) {
        await signalRunning(client, workflowId, message);
        return;
      }
      const { system, service: name } = parseServiceId(service);
      const input: IncidentInput = { prefix: start.prefix, service, searchAttributes: start.attributes() };
      await client.workflow.signalWithStart("incident", {
        workflowId,
        taskQueue: controlQueue(start.prefix),
        args: [input],
        signal: membersSignal,
        signalArgs: [message],
        workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
        staticSummary: incidentSummary(service).slice(0, 200),
        staticDetails:
          "Signals: acknowledge, unacknowledge, pause, resume, resolve, escalate, comment. Every field is optional.",
        memo: { ...opening },
        ...(start.attributes()
          ? {
              typedSearchAttributes: [
                { key: searchAttributes.system, value: system },
                { key: searchAttributes.service, value: name },
                { key: searchAttributes.state, value: "open" },
              ],
            }
          : {}),
      });
    },
  };
}

/** An incident that is not there has nothing to forget. */
async function signalRunning(client: Client, workflowId: string, message: MembersMessage): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).signal(membersSignal, message);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return;
    throw error;
  }
}
