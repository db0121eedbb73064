/** One step of a conversation, and the lines it writes about itself. */

import type { Conversation, IncidentEffect } from "./incident-state.js";
import type { Member } from "./members.js";

export interface ConversationStep {
  readonly conversation: Conversation;
  readonly effects: readonly IncidentEffect[];
}

export function log(
  conversation: Pick<Conversation, "id">,
  kind: string,
  text: string,
  facts: Readonly<Record<string, string | number | boolean>>,
  by?: string,
): IncidentEffect {
  return {
    effect: "log",
    incident: conversation.id,
    log: { kind, text, facts, ...(by === undefined ? {} : { by }) },
  };
}

export function memberFacts(member: Member): Readonly<Record<string, string | number>> {
  return { alert: member.alert, episode: member.episode, severity: member.severity, since: member.since };
}
