/** Has a worker examine everything that a page depends on: what it can read and reach is what counts. */

import { randomUUID } from "node:crypto";

import type { Client } from "@temporalio/client";
import { WorkflowFailedError } from "@temporalio/client";

import type { Prefix } from "../../workflows/names.js";
import { controlQueue, scheduleId } from "../../workflows/names.js";
import type { DoctorReport } from "../domain/doctor-report.js";
import { callError, callFailure } from "./failures.js";
import { polls } from "./pollers.js";

/** How long a worker may take; the server ends the question then, so that none is left behind. */
const ANSWER_MS = 15_000;
/** The server's own word comes first. */
const SLACK_MS = 2_000;

/** Undefined when no worker polls, or none has answered in time. Rejects with TMP-001 when the server cannot be reached. */
export async function examineOnWorker(client: Client, prefix: Prefix): Promise<DoctorReport | undefined> {
  const queue = controlQueue(prefix);
  try {
    if ((await polls(client, queue, "workflow")) === 0) return undefined;
    const report: unknown = await client.withDeadline(Date.now() + ANSWER_MS + SLACK_MS, () =>
      client.workflow.execute("doctor", {
        workflowId: `${scheduleId(prefix, "doctor")}:${randomUUID()}`,
        taskQueue: queue,
        args: [{ prefix }],
        workflowRunTimeout: ANSWER_MS,
        workflowTaskTimeout: "5s",
        staticSummary: "Tocsin examines itself, because somebody asked",
      }),
    );
    return report as DoctorReport;
  } catch (error) {
    if (error instanceof WorkflowFailedError || callFailure(error) === "no-worker") return undefined;
    throw callError(error);
  }
}
