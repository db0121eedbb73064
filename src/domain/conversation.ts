/**
 * One conversation: its members, what each lane should hear of them, and the clocks of its escalation. Pure; the parts are in
 * `conversation-*.ts` and `acknowledgement.ts`.
 */

import { acknowledgedUntil } from "./acknowledgement.js";
import { laddersDue } from "./conversation-ladders.js";
import { lanesDue } from "./conversation-lanes.js";
import type { Conversation } from "./incident-state.js";

export {
  acknowledgedUntil,
  dropAcknowledgement,
  isCovered,
  severityOf,
  uncovered,
} from "./acknowledgement.js";
export { climbLadders, nextRung } from "./conversation-ladders.js";
export { draftLanes } from "./conversation-lanes.js";
export { log } from "./conversation-log.js";
export type { ConversationStep } from "./conversation-log.js";

/** The earliest time at which this conversation wants to be looked at again. */
export function conversationDue(conversation: Conversation, now: number): number | undefined {
  const times = [
    laddersDue(conversation),
    lanesDue(conversation, now),
    acknowledgedUntil(conversation),
    conversation.pause?.until,
  ].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
