/** One command to one workflow: as an update that answers, else as a signal that waits durably for a worker. */

import { randomUUID } from "node:crypto";

import type { Client } from "@temporalio/client";

import type { CommandAnswer } from "../domain/commands.js";
import { commandSignal, commandUpdate } from "../../workflows/names.js";
import { callError, callFailure } from "./failures.js";

/** How long a worker may take to answer before the command is left for it as a signal. */
const ANSWER_MS = 2_000;

export type Told =
  | { readonly how: "answered"; readonly answer: CommandAnswer }
  /** No worker answered; the command lies in the workflow's history and is taken when one is back. */
  | { readonly how: "signalled" }
  /** No such workflow runs. */
  | { readonly how: "absent" };

/**
 * Gives `input` to the workflow. Update and signal carry the same `command_id` (one is made up where there is none), so whatever
 * arrives of the two, and however often, is taken once. Rejects with TMP-001 when the server cannot be reached.
 */
export async function commandWorkflow(
  client: Client,
  workflowId: string,
  name: string,
  input: object & { readonly command_id?: string },
): Promise<Told> {
  const command_id = input.command_id ?? randomUUID();
  const carried = { ...input, command_id };
  const handle = client.workflow.getHandle(workflowId);
  try {
    const answer = await client.withDeadline(Date.now() + ANSWER_MS, () =>
      handle.executeUpdate(commandUpdate(name), { updateId: command_id, args: [carried] }),
    );
    return { how: "answered", answer };
  } catch (error) {
    const failure = callFailure(error);
    if (failure === "absent") return { how: "absent" };
    if (failure !== "no-worker") throw callError(error);
  }
  try {
    await handle.signal(commandSignal(name), carried);
    return { how: "signalled" };
  } catch (error) {
    if (callFailure(error) === "absent") return { how: "absent" };
    throw callError(error);
  }
}
