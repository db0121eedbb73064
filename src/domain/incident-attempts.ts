/** Attempts of an incident's lanes: launched, held back by the gate, ended (lifecycle 7). Pure. */

import type { IncidentId } from "./ids.js";
import { changeLane, laneOf } from "./incident-conversations.js";
import type { Conversation, IncidentEffect, IncidentState, IncidentStep } from "./incident-state.js";
import { draftDue } from "./lane.js";
import { afterAttempt } from "./lane-attempts.js";
import { afterResend, launchResend, resendDue } from "./lane-resends.js";
import type { AttemptResult } from "./message.js";

/** The drafts whose attempt is due now. */
export function dueDrafts(
  state: IncidentState,
  now: number,
): readonly { readonly conversation: Conversation; readonly notifier: string }[] {
  return state.conversations.flatMap((conversation) =>
    conversation.lanes
      .filter((lane) => (draftDue(lane) ?? Number.POSITIVE_INFINITY) <= now)
      .map(({ notifier }) => ({ conversation, notifier })),
  );
}

/** The lanes whose receiver must be told again now. */
export function dueResends(state: IncidentState, now: number): ReturnType<typeof dueDrafts> {
  return state.conversations.flatMap((conversation) =>
    conversation.lanes
      .filter((lane) => (resendDue(conversation, lane) ?? Number.POSITIVE_INFINITY) <= now)
      .map(({ notifier }) => ({ conversation, notifier })),
  );
}

export function foldResendLaunch(state: IncidentState, id: IncidentId, notifier: string): IncidentState {
  return changeLane(state, id, notifier, launchResend);
}

/** It has been told again, or could not be; either is no news to anybody. */
export function foldResend(
  state: IncidentState,
  id: IncidentId,
  notifier: string,
  result: AttemptResult,
  now: number,
): IncidentStep {
  return { state: changeLane(state, id, notifier, (lane) => afterResend(lane, result, now)), effects: [] };
}

/** An attempt has been launched. */
export function foldLaunch(state: IncidentState, id: IncidentId, notifier: string): IncidentState {
  return changeLane(state, id, notifier, (lane) =>
    lane.draft === undefined ? lane : { ...lane, draft: { ...lane.draft, flying: true } },
  );
}

/** The gate held the attempt back: nothing was sent, and it is asked again then. */
export function foldHeld(
  state: IncidentState,
  id: IncidentId,
  notifier: string,
  until: number,
  reasons: readonly string[],
): IncidentStep {
  const draft = laneOf(state, id, notifier)?.draft;
  if (draft === undefined) return { state, effects: [] };
  const held: IncidentEffect = {
    effect: "delivery",
    incident: id,
    notifier,
    n: draft.n,
    kind: draft.content.kind,
    attempt: draft.tries,
    result: "held",
    reason: reasons.join("; "),
  };
  const next = changeLane(state, id, notifier, (lane) => ({
    ...lane,
    draft: { ...draft, flying: false },
    heldUntil: until,
  }));
  return { state: next, effects: [held] };
}

/** What suppresses has changed: held lanes ask the gate again at once. */
export function recheck(state: IncidentState): IncidentState {
  return {
    ...state,
    conversations: state.conversations.map((conversation) => ({
      ...conversation,
      lanes: conversation.lanes.map(({ heldUntil, ...lane }) => lane),
    })),
  };
}

/** An attempt has ended. `spread` in [0, 1) jitters the back-off. */
export function foldAttempt(
  state: IncidentState,
  attempt: {
    readonly incident: IncidentId;
    readonly notifier: string;
    readonly n: number;
    readonly result: AttemptResult;
  },
  now: number,
  spread: number,
): IncidentStep {
  const { incident, notifier, n, result } = attempt;
  const lane = laneOf(state, incident, notifier);
  const draft = lane?.draft;
  if (lane === undefined || draft?.n !== n) return { state, effects: [] };
  const { heldUntil, ...passed } = lane;
  const after = afterAttempt(passed, n, result, now, spread);
  const ended: IncidentEffect = {
    effect: "delivery",
    incident,
    notifier,
    n,
    kind: draft.content.kind,
    attempt: draft.tries + 1,
    result: after.dead ? "dead" : result.result,
    ...reasonOf(result),
  };
  return { state: changeLane(state, incident, notifier, () => after.lane), effects: [ended] };
}

function reasonOf(result: AttemptResult): { readonly reason?: string } {
  if (result.result !== "accepted") return { reason: result.reason };
  return result.remark === undefined ? {} : { reason: result.remark };
}
