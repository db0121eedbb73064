/**
 * The incident machine (lifecycle 5-7): folds members, attempts and time into its conversations. Pure; commands of people are in
 * `incident-commands.ts`.
 */

import type { IncidentId, RevisionId, ServiceId } from "./ids.js";
import { incidentId } from "./ids.js";
import type { Conversation, IncidentEffect, IncidentState, IncidentStep } from "./incident-state.js";
import {
  allTold,
  climbLadders,
  conversationDue,
  draftLanes,
  dropAcknowledgement,
  log,
  severityOf,
  takeMembers,
} from "./conversation.js";
import { thaw } from "./ladder.js";
import { afterAttempt } from "./lane.js";
import type { Member, MembersMessage } from "./members.js";
import type { AttemptResult } from "./message.js";
import type { PolicyPlan } from "./plan.js";

const REOPENED =
  "reopened: its alerts still fire, and the workflow that knew of them was terminated, reset or lost";

export function newIncident(service: ServiceId): IncidentState {
  return { service, slices: {}, conversations: [], commandIds: [] };
}

/** The conversation that has members, or lingers; undefined when all is told or being told. */
export function liveConversation(state: IncidentState, now: number): Conversation | undefined {
  const last = state.conversations.at(-1);
  if (last === undefined || last.closed) return undefined;
  if (last.endedAt === undefined) return last;
  return now < last.endedAt + (last.policy?.reopenWithinMs ?? 0) ? last : undefined;
}

/** Replaces the sender's slice. An older sequence is ignored; members open a conversation where none is live. */
export function foldMembers(state: IncidentState, message: MembersMessage, now: number): IncidentStep {
  const known = state.slices[message.from];
  if (known !== undefined && message.seq <= known.seq) return { state, effects: [] };
  const slice = { seq: message.seq, members: message.list, more: message.more };
  const slices = { ...state.slices, [message.from]: slice };
  const members = Object.values(slices).flatMap((each) => each.members);
  const more = Object.values(slices).reduce((sum, each) => sum + each.more, 0);
  const live = liveConversation(state, now);
  if (live === undefined) {
    if (members.length === 0) return { state: { ...state, slices }, effects: [] };
    const opened = openConversation(
      state.service,
      message.revision,
      members,
      message.known ? REOPENED : undefined,
      now,
    );
    const taken = takeMembers(opened.conversation, members, more, [], now);
    return {
      state: { ...state, slices, conversations: [...state.conversations, taken.conversation] },
      effects: [...opened.effects, ...taken.effects],
    };
  }
  const taken = takeMembers({ ...live, textRevision: message.revision }, members, more, message.ended, now);
  const turned = turn(taken.conversation, now);
  return {
    state: { ...replace(state, turned.conversation), slices },
    effects: [...taken.effects, ...turned.effects],
  };
}

/** The policy that the conversation was opened under has been read. */
export function foldPolicy(state: IncidentState, id: IncidentId, policy: PolicyPlan): IncidentStep {
  return { state: change(state, id, (conversation) => ({ ...conversation, policy })), effects: [] };
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
  const lane = state.conversations
    .find((each) => each.id === id)
    ?.lanes.find((each) => each.notifier === notifier);
  if (lane?.draft === undefined) return { state, effects: [] };
  const { draft } = lane;
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
  const next = changeLane(state, id, notifier, (each) => ({
    ...each,
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
  const lane = state.conversations
    .find((each) => each.id === attempt.incident)
    ?.lanes.find((each) => each.notifier === attempt.notifier);
  const draft = lane?.draft;
  if (lane === undefined || draft?.n !== attempt.n) return { state, effects: [] };
  const { heldUntil, ...passed } = lane;
  const after = afterAttempt(passed, attempt.n, attempt.result, now, spread);
  const effects: IncidentEffect[] = [
    {
      effect: "delivery",
      incident: attempt.incident,
      notifier: attempt.notifier,
      n: attempt.n,
      kind: draft.content.kind,
      attempt: draft.tries + 1,
      result: after.dead ? "dead" : attempt.result.result,
      ...("reason" in attempt.result ? { reason: attempt.result.reason } : {}),
    },
  ];
  return { state: changeLane(state, attempt.incident, attempt.notifier, () => after.lane), effects };
}

/** What time alone changes: acknowledgements and pauses that end, rungs, drafts, conversations that are over. */
export function tick(state: IncidentState, now: number): IncidentStep {
  const effects: IncidentEffect[] = [];
  const conversations = state.conversations.map((conversation) => {
    if (conversation.closed) return conversation;
    const steps = [endPause, endAcknowledgement, turn, climbLadders, draftLanes, close];
    return steps.reduce((current, step) => {
      const next = step(current, now);
      effects.push(...next.effects);
      return next.conversation;
    }, conversation);
  });
  return { state: { ...state, conversations: conversations.filter(stillNeeded) }, effects };
}

/** The drafts whose attempt is due now. */
export function dueDrafts(
  state: IncidentState,
  now: number,
): readonly { readonly conversation: Conversation; readonly notifier: string }[] {
  return state.conversations.flatMap((conversation) =>
    conversation.lanes
      .filter(
        ({ draft, heldUntil }) =>
          draft !== undefined && !draft.flying && Math.max(draft.nextAt, heldUntil ?? 0) <= now,
      )
      .map(({ notifier }) => ({ conversation, notifier })),
  );
}

/** When time alone will next change something. */
export function nextDue(state: IncidentState, now: number): number | undefined {
  const times = state.conversations.flatMap((conversation) => {
    if (conversation.closed) return [];
    const due = conversationDue(conversation, now);
    const linger =
      conversation.endedAt === undefined
        ? undefined
        : conversation.endedAt + (conversation.policy?.reopenWithinMs ?? 0);
    return [due, linger !== undefined && linger > now ? linger : undefined].filter((at) => at !== undefined);
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Nothing is open, owed or lingering: the workflow may return. */
export function isClosable(state: IncidentState): boolean {
  const listed = Object.values(state.slices).some((slice) => slice.members.length > 0);
  return !listed && state.conversations.every((conversation) => conversation.closed);
}

export function replace(state: IncidentState, conversation: Conversation): IncidentState {
  return change(state, conversation.id, () => conversation);
}

function openConversation(
  service: ServiceId,
  revision: RevisionId,
  members: readonly Member[],
  why: string | undefined,
  now: number,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  const id = incidentId(service, now);
  const conversation: Conversation = {
    id,
    openedAt: now,
    revision,
    textRevision: revision,
    members: [],
    more: 0,
    ended: [],
    rules: [],
    ladders: {},
    lanes: [],
    notes: why === undefined ? [] : [why],
  };
  const severity = severityOf(members) ?? "warning";
  return {
    conversation,
    effects: [log({ id }, "opened", why ?? "opened", { severity, revision })],
  };
}

/** Open with no members is ended; ended with members is open again. */
function turn(
  conversation: Conversation,
  now: number,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  const empty = conversation.members.length === 0;
  if (empty && conversation.endedAt === undefined) {
    const { acknowledgement, pause, ...rest } = conversation;
    return {
      conversation: { ...rest, endedAt: now },
      effects: [log(conversation, "ended", "no member fires any more", {})],
    };
  }
  if (!empty && conversation.endedAt !== undefined) {
    const { endedAt, ...rest } = conversation;
    return {
      conversation: rest,
      effects: [
        log(conversation, "reopened", "fires again before the incident was closed", { ended_at: endedAt }),
      ],
    };
  }
  return { conversation, effects: [] };
}

function close(
  conversation: Conversation,
  now: number,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  if (conversation.endedAt === undefined || conversation.policy === undefined || !allTold(conversation)) {
    return { conversation, effects: [] };
  }
  if (now < conversation.endedAt + conversation.policy.reopenWithinMs) return { conversation, effects: [] };
  return {
    conversation: { ...conversation, closed: true },
    effects: [log(conversation, "closed", "every end has been told", {})],
  };
}

function endPause(
  conversation: Conversation,
  now: number,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  return conversation.pause === undefined || now < conversation.pause.until
    ? { conversation, effects: [] }
    : resumeConversation(conversation, "the pause is over", now);
}

/** Ends a pause: the ladders go on with the time they had left. */
export function resumeConversation(
  conversation: Conversation,
  why: string,
  now: number,
  by?: string,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  const { pause, ...rest } = conversation;
  if (pause === undefined) return { conversation, effects: [] };
  const ladders = Object.fromEntries(
    Object.entries(rest.ladders).map(([severity, ladder]) => [severity, thaw(ladder, now)]),
  );
  return { conversation: { ...rest, ladders }, effects: [log(conversation, "resumed", why, {}, by)] };
}

function endAcknowledgement(
  conversation: Conversation,
  now: number,
): { readonly conversation: Conversation; readonly effects: readonly IncidentEffect[] } {
  const until = conversation.acknowledgement?.until;
  return until === undefined || now < until
    ? { conversation, effects: [] }
    : dropAcknowledgement(conversation, "its time is over and it still fires", now);
}

/** A closed conversation is kept only as the last one, so that a late command can be answered by name. */
function stillNeeded(conversation: Conversation, index: number, all: readonly Conversation[]): boolean {
  return !conversation.closed || index === all.length - 1;
}

function change(
  state: IncidentState,
  id: IncidentId,
  f: (conversation: Conversation) => Conversation,
): IncidentState {
  return { ...state, conversations: state.conversations.map((each) => (each.id === id ? f(each) : each)) };
}

function changeLane(
  state: IncidentState,
  id: IncidentId,
  notifier: string,
  f: (lane: Conversation["lanes"][number]) => Conversation["lanes"][number],
): IncidentState {
  return change(state, id, (conversation) => ({
    ...conversation,
    lanes: conversation.lanes.map((lane) => (lane.notifier === notifier ? f(lane) : lane)),
  }));
}
