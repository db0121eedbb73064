/**
 * The incident machine (lifecycle 5-7): folds members and time into an incident's conversations. Pure; attempts are in
 * `incident-attempts.ts`, commands of people in `incident-commands.ts`.
 */

import { endAcknowledgement } from "./acknowledgement.js";
import { climbLadders, conversationDue, draftLanes } from "./conversation.js";
import type { Beyond } from "./conversation-members.js";
import { beyondLists, takeMembers } from "./conversation-members.js";
import { close, endPause, lingersUntil, openConversation, turn } from "./conversation-life.js";
import type { ConversationStep } from "./conversation-log.js";
import { change, replace } from "./incident-conversations.js";
import type { IncidentId, ServiceId } from "./ids.js";
import { incidentId } from "./ids.js";
import type { Conversation, IncidentEffect, IncidentState, IncidentStep } from "./incident-state.js";
import type { Member, MembersMessage } from "./members.js";
import type { PolicyPlan } from "./plan.js";

export {
  dueDrafts,
  dueResends,
  foldAttempt,
  foldHeld,
  foldLaunch,
  foldResend,
  foldResendLaunch,
  recheck,
} from "./incident-attempts.js";

const REOPENED =
  "reopened: its alerts still fire, and the workflow that knew of them was terminated, reset or lost";

export function newIncident(service: ServiceId): IncidentState {
  return { service, slices: {}, conversations: [], commandIds: [] };
}

/** The conversation that has members, or lingers; undefined when all is told or being told. */
export function liveConversation(state: IncidentState, now: number): Conversation | undefined {
  const last = state.conversations.at(-1);
  if (last === undefined || last.closed) return undefined;
  const until = lingersUntil(last);
  return until === undefined || now < until ? last : undefined;
}

/** Replaces the sender's slice. An older sequence is ignored; members open a conversation where none is live. */
export function foldMembers(state: IncidentState, message: MembersMessage, now: number): IncidentStep {
  const known = state.slices[message.from];
  if (known !== undefined && message.seq <= known.seq) return { state, effects: [] };
  const slice = { seq: message.seq, members: message.list, more: message.more };
  const slices = { ...state.slices, [message.from]: slice };
  const members = Object.values(slices).flatMap((each) => each.members);
  const beyond = beyondLists(Object.values(slices));
  const live = liveConversation(state, now);
  if (live === undefined) return open({ ...state, slices }, message, members, beyond, now);
  const taken = takeMembers({ ...live, textRevision: message.revision }, members, beyond, message.ended, now);
  const turned = turn(taken.conversation, now);
  return {
    state: { ...replace(state, turned.conversation), slices },
    effects: [...taken.effects, ...turned.effects],
  };
}

function open(
  state: IncidentState,
  message: MembersMessage,
  members: readonly Member[],
  beyond: Beyond,
  now: number,
): IncidentStep {
  if (members.length === 0) return { state, effects: [] };
  const isLost = message.known && state.conversations.length === 0;
  const id = mintId(state, now);
  const opened = openConversation(id, message, members, isLost ? REOPENED : undefined, now);
  const taken = takeMembers(opened.conversation, members, beyond, [], now);
  return {
    state: { ...state, conversations: [...state.conversations, taken.conversation] },
    effects: [...opened.effects, ...taken.effects],
  };
}

/** An id of its own also for a conversation that opens within the millisecond of another. */
function mintId({ service, conversations }: IncidentState, now: number): IncidentId {
  let at = now;
  while (conversations.some(({ id }) => id === incidentId(service, at))) at += 1;
  return incidentId(service, at);
}

/** The policy that the conversation was opened under has been read. */
export function foldPolicy(state: IncidentState, id: IncidentId, policy: PolicyPlan): IncidentStep {
  return { state: change(state, id, (conversation) => ({ ...conversation, policy })), effects: [] };
}

/** What time alone changes: acknowledgements and pauses that end, rungs, drafts, conversations that are over. */
export function tick(state: IncidentState, now: number): IncidentStep {
  const effects: IncidentEffect[] = [];
  const steps: readonly ((conversation: Conversation, now: number) => ConversationStep)[] = [
    endPause,
    endAcknowledgement,
    turn,
    climbLadders,
    draftLanes,
    close,
  ];
  const conversations = state.conversations.map((conversation) => {
    if (conversation.closed) return conversation;
    return steps.reduce((current, step) => {
      const next = step(current, now);
      effects.push(...next.effects);
      return next.conversation;
    }, conversation);
  });
  return { state: { ...state, conversations: conversations.filter(isStillNeeded) }, effects };
}

/** When time alone will next change something. */
export function nextDue(state: IncidentState, now: number): number | undefined {
  const times = state.conversations.flatMap((conversation) => {
    if (conversation.closed) return [];
    const until = lingersUntil(conversation);
    const linger = until !== undefined && until > now ? until : undefined;
    return [conversationDue(conversation, now), linger].filter((at) => at !== undefined);
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Nothing is open, owed or lingering: the workflow may return. */
export function isClosable(state: IncidentState): boolean {
  const listed = Object.values(state.slices).some((slice) => slice.members.length > 0);
  return !listed && state.conversations.every((conversation) => conversation.closed);
}

/** A closed conversation is kept only as the last one, so that a late command can be answered by name. */
function isStillNeeded(conversation: Conversation, index: number, all: readonly Conversation[]): boolean {
  return !conversation.closed || index === all.length - 1;
}
