/** One question to one workflow, with what it means when nobody answers. */

import type { Client } from "@temporalio/client";
import type { QueryDefinition } from "@temporalio/common";

import { callError, callFailure } from "./failures.js";

/** How long a worker may take to answer a question. */
const ANSWER_MS = 2_000;

export type Asked<T> =
  | { readonly state: "answered"; readonly value: T }
  /** It runs, and no worker answers for it. */
  | { readonly state: "no-worker" }
  /** It does not run. */
  | { readonly state: "absent" };

/**
 * Asks a running workflow; one that has ended still could answer, with what it knew then, and is absent all the same. The answer is
 * what our own workflow of this version gives; a worker of another version that does not know the question counts as none. Rejects
 * with TMP-001 when the server cannot be reached.
 */
export async function askRunning<T, Args extends [string?]>(
  client: Client,
  workflowId: string,
  query: QueryDefinition<unknown, Args>,
  ...args: Args
): Promise<Asked<T>> {
  const [runs, asked] = await Promise.all([
    isRunning(client, workflowId),
    askAny<T, Args>(client, workflowId, query, ...args),
  ]);
  return runs ? asked : { state: "absent" };
}

/** As {@link askRunning}, and one that has ended answers too. */
export async function askAny<T, Args extends [string?]>(
  client: Client,
  workflowId: string,
  query: QueryDefinition<unknown, Args>,
  ...args: Args
): Promise<Asked<T>> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    const value = await client.withDeadline(Date.now() + ANSWER_MS, () => handle.query(query, ...args));
    return { state: "answered", value: value as T };
  } catch (error) {
    const failure = callFailure(error);
    if (failure === "no-worker" || failure === "absent") return { state: failure };
    throw callError(error);
  }
}

async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === "RUNNING";
  } catch (error) {
    if (callFailure(error) === "absent") return false;
    throw callError(error);
  }
}
