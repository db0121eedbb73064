/** One attempt at one notifier: the gate first (ends pass it), then the delivery; what came back is folded by the incident's loop. */

import { ActivityFailure, log, TimeoutFailure } from "@temporalio/workflow";

import { deliverInput } from "../src/domain/deliver-input.js";
import type { DeliverInput } from "../src/domain/deliver-input.js";
import {
  foldAttempt,
  foldHeld,
  foldLaunch,
  foldResend,
  foldResendLaunch,
} from "../src/domain/incident-machine.js";
import type { Conversation, IncidentStep } from "../src/domain/incident-state.js";
import type { Draft } from "../src/domain/lane.js";
import { heardAgain } from "../src/domain/lane-resends.js";
import type { AttemptResult } from "../src/domain/message.js";
import { messageWord } from "../src/domain/story-line.js";
import type { GateAnswer } from "./activity-contract.js";
import { deliverActivities, singleAttemptActivities } from "./activity-options.js";
import type { IncidentRun } from "./incident-run.js";

/** A held lane asks again at the latest after this, at the earliest after a second. */
const LONGEST_HOLD_MS = 5 * 60_000;
const SHORTEST_HOLD_MS = 1_000;

type Outcome =
  { readonly held: Exclude<GateAnswer, { readonly clear: true }> } | { readonly attempt: AttemptResult };

export function attemptDelivery(
  run: IncidentRun,
  conversation: Conversation,
  notifier: string,
  apply: (run: IncidentRun, step: IncidentStep) => void,
): void {
  const lane = conversation.lanes.find((each) => each.notifier === notifier);
  const key = flightKey(conversation, notifier);
  if (lane?.draft === undefined || run.flights.isAloft(key)) return;
  const { draft } = lane;
  const input = deliverInput(conversation, lane, draft);
  run.state = foldLaunch(run.state, conversation.id, notifier);
  const fold = (outcome: Outcome): void => {
    const now = Date.now();
    const step =
      "held" in outcome
        ? foldHeld(
            run.state,
            conversation.id,
            notifier,
            now + Math.max(SHORTEST_HOLD_MS, Math.min(LONGEST_HOLD_MS, outcome.held.recheckAfterMs)),
            outcome.held.reasons,
          )
        : foldAttempt(
            run.state,
            { incident: conversation.id, notifier, n: draft.n, result: outcome.attempt },
            now,
            Math.random(),
          );
    apply(run, step);
  };
  run.flights.launch(
    key,
    () => pass(run, conversation, input, draft),
    fold,
    (error) => {
      log.error("an attempt ended in a way that is not known", { notifier, error: String(error) });
      fold({ attempt: { result: "ambiguous", reason: "the attempt failed inside Tocsin" } });
    },
  );
}

/** Tells a receiver again what it has heard, before it forgets; no gate is asked, because nobody is told anything new. */
export function attemptResend(
  run: IncidentRun,
  conversation: Conversation,
  notifier: string,
  apply: (run: IncidentRun, step: IncidentStep) => void,
): void {
  const lane = conversation.lanes.find((each) => each.notifier === notifier);
  const key = flightKey(conversation, notifier);
  const heard = lane === undefined ? undefined : heardAgain(lane);
  if (lane === undefined || heard === undefined || run.flights.isAloft(key)) return;
  const input = deliverInput(conversation, lane, heard);
  run.state = foldResendLaunch(run.state, conversation.id, notifier);
  const fold = (result: AttemptResult): void => {
    apply(run, foldResend(run.state, conversation.id, notifier, result, Date.now()));
  };
  run.flights.launch(
    key,
    () => deliver(run, input, `tell ${notifier} again, it must not forget`),
    fold,
    (error) => {
      log.error("telling again ended in a way that is not known", { notifier, error: String(error) });
      fold({ result: "ambiguous", reason: "the attempt failed inside Tocsin" });
    },
  );
}

function flightKey({ id }: Conversation, notifier: string): string {
  return `lane ${id} ${notifier}`;
}

async function pass(
  run: IncidentRun,
  conversation: Conversation,
  input: DeliverInput,
  draft: Draft,
): Promise<Outcome> {
  const { kind, notifier } = input;
  const notes = [...input.notes];
  if (kind !== "resolved") {
    const gate = await askGate(run, conversation, notifier, draft);
    if (gate === undefined) notes.push("Silences and maintenance could not be read: sent all the same.");
    else if (!gate.clear) return { held: gate };
  }
  const again = draft.tries === 0 ? "" : `, try ${draft.tries + 1}`;
  const summary = `tell ${notifier}: ${messageWord(kind)}${again}`;
  return { attempt: await deliver(run, { ...input, notes }, summary) };
}

async function deliver(run: IncidentRun, input: DeliverInput, summary: string): Promise<AttemptResult> {
  try {
    return await deliverActivities(run.input.prefix, summary).deliver(input);
  } catch (error) {
    return lostAttempt(error);
  }
}

/** Undefined when the gate could not answer: then the message goes out and says so. */
async function askGate(
  run: IncidentRun,
  conversation: Conversation,
  notifier: string,
  draft: Draft,
): Promise<GateAnswer | undefined> {
  try {
    return await singleAttemptActivities(run.input.prefix, `may ${notifier} be told`).gate({
      incident: conversation.id,
      notifier,
      alerts: conversation.members.map((member) => member.alert),
      severity: draft.content.severity,
    });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    log.warn("the gate did not answer", { error: String(error) });
    return undefined;
  }
}

/** A worker that never took the attempt sent nothing; one that was lost on the way may have. */
function lostAttempt(error: unknown): AttemptResult {
  if (!(error instanceof ActivityFailure)) throw error;
  const cause = error.cause;
  if (cause instanceof TimeoutFailure && cause.timeoutType === "SCHEDULE_TO_START") {
    return { result: "retry", reason: "no worker took the delivery" };
  }
  if (cause instanceof TimeoutFailure)
    return { result: "ambiguous", reason: "the worker was lost or took too long" };
  return { result: "retry", reason: cause?.message ?? "the attempt failed" };
}
