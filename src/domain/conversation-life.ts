/** How a conversation opens, ends, opens again within its linger, and closes; and how a pause of it ends (lifecycle 5). Pure. */

import { severityOf } from "./acknowledgement.js";
import { allTold } from "./conversation-lanes.js";
import type { ConversationStep } from "./conversation-log.js";
import { log } from "./conversation-log.js";
import type { IncidentId } from "./ids.js";
import type { Conversation } from "./incident-state.js";
import type { Member, MembersMessage } from "./members.js";

export function openConversation(
  id: IncidentId,
  { revision, policy }: Pick<MembersMessage, "revision" | "policy">,
  members: readonly Member[],
  why: string | undefined,
  now: number,
): ConversationStep {
  const conversation: Conversation = {
    id,
    openedAt: now,
    revision,
    textRevision: revision,
    ...(policy === undefined ? {} : { policy }),
    members: [],
    more: 0,
    moreCritical: 0,
    ended: [],
    rules: [],
    ladders: {},
    lanes: [],
    notes: why === undefined ? [] : [why],
  };
  const severity = severityOf(members) ?? "warning";
  return { conversation, effects: [log({ id }, "opened", why ?? "opened", { severity, revision })] };
}

/** Open with no members is ended; ended with members is open again. */
export function turn(conversation: Conversation, now: number): ConversationStep {
  const empty = conversation.members.length === 0;
  if (empty && conversation.endedAt === undefined) {
    // Who had it stays: the end says so.
    const { pause, ...rest } = conversation;
    return {
      conversation: { ...rest, endedAt: now },
      effects: [log(conversation, "ended", "no member fires any more", {})],
    };
  }
  if (!empty && conversation.endedAt !== undefined) {
    // Who had it still has it: only what lifecycle 5 names undoes that.
    const { endedAt, ...rest } = conversation;
    const text = "fires again before the incident was closed";
    return { conversation: rest, effects: [log(conversation, "reopened", text, { ended_at: endedAt })] };
  }
  return { conversation, effects: [] };
}

/** Until when firing again continues this conversation; undefined while it is open. */
export function lingersUntil({ endedAt, policy }: Conversation): number | undefined {
  return endedAt === undefined ? undefined : endedAt + (policy?.reopenWithinMs ?? 0);
}

export function close(conversation: Conversation, now: number): ConversationStep {
  const until = lingersUntil(conversation);
  if (until === undefined || conversation.policy === undefined || !allTold(conversation) || now < until) {
    return { conversation, effects: [] };
  }
  return {
    conversation: { ...conversation, closed: true },
    effects: [log(conversation, "closed", "every end has been told", {})],
  };
}

export function endPause(conversation: Conversation, now: number): ConversationStep {
  return conversation.pause === undefined || now < conversation.pause.until
    ? { conversation, effects: [] }
    : resumeConversation(conversation, "the pause is over", now);
}

/** Ends a pause; the ladders go on with the time they had left as soon as they are climbed again. */
export function resumeConversation(
  conversation: Conversation,
  why: string,
  now: number,
  by?: string,
): ConversationStep {
  const { pause, ...rest } = conversation;
  if (pause === undefined) return { conversation, effects: [] };
  return {
    conversation: rest,
    effects: [log(conversation, "resumed", why, { after_ms: now - pause.at }, by)],
  };
}
