/** Signals, updates and cancellation as they wait for a workflow, and the jobs they become. */

import { IDENTITY } from "./identity.js";
import type { Payload } from "@temporalio/common";
import { encodeAll } from "./payloads.js";
import type { ActivationJob } from "./sandbox.js";

/** Something sent to a workflow. A signal or update without `payload` arrives with no argument, as from a bare command line. */
export type Message =
  | { readonly kind: "signal"; readonly name: string; readonly input: readonly Payload[] }
  | {
      readonly kind: "update";
      readonly name: string;
      readonly input: readonly Payload[];
      readonly id: string;
      readonly settle: UpdateSettlers;
    }
  | { readonly kind: "cancel" };

export interface UpdateSettlers {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A job for the next workflow task, with the message it came from, if any. */
export interface InboxEntry {
  readonly job: ActivationJob;
  readonly message?: Message;
}

export function signalMessage(name: string, payload: unknown): Message {
  return { kind: "signal", name, input: encodeArgument(payload) };
}

export function encodeArgument(payload: unknown): readonly Payload[] {
  return payload === undefined ? [] : encodeAll([payload]);
}

export function messageJob(message: Message): ActivationJob {
  switch (message.kind) {
    case "signal":
      return {
        signalWorkflow: {
          signalName: message.name,
          input: [...message.input],
          identity: IDENTITY,
          headers: {},
        },
      };
    case "update":
      return {
        doUpdate: {
          id: message.id,
          protocolInstanceId: message.id,
          name: message.name,
          input: [...message.input],
          headers: {},
          meta: { updateId: message.id, identity: IDENTITY },
          runValidator: true,
        },
      };
    case "cancel":
      return { cancelWorkflow: { reason: "" } };
  }
}

/** Core's order within one activation: initialization, patches, signals and updates, then the rest; stable within each. */
export function inCoreOrder(jobs: readonly ActivationJob[]): readonly ActivationJob[] {
  return jobs
    .map((job) => ({ job, rank: rankOf(job) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ job }) => job);
}

function rankOf(job: ActivationJob): number {
  if (job.initializeWorkflow) return 0;
  if (job.notifyHasPatch) return 1;
  return (job.signalWorkflow ?? job.doUpdate) ? 2 : 3;
}
