/** Takes a monitor's newest slice into a conversation: who joined, who left and why. Pure. */

import { dropAcknowledgement, pageUncovered, undoneBy } from "./acknowledgement.js";
import type { ConversationStep } from "./conversation-log.js";
import { log, memberFacts } from "./conversation-log.js";
import type { Conversation, IncidentEffect, Slice } from "./incident-state.js";
import { MAX_ENDED } from "./incident-state.js";
import type { LadderSeverity } from "./ladder.js";
import type { EndedMember, Member } from "./members.js";
import { memberKey, ruleKey, worstFirst } from "./members.js";

/** What fires and is not listed. */
export type Beyond = Pick<Conversation, "more" | "moreCritical">;

/** What the slices of all monitors count and do not list. Lists are worst first: what is beyond one is no worse than its last entry. */
export function beyondLists(slices: readonly Slice[]): Beyond {
  const sum = (cut: readonly Slice[]): number => cut.reduce((total, { more }) => total + more, 0);
  const all = (slice: Slice): boolean => slice.members.every(({ severity }) => severity === "critical");
  return { more: sum(slices), moreCritical: sum(slices.filter(all)) };
}

/** Whether anything of this severity fires, as far as the lists say: what may be beyond them is not over before they say so. */
export function mayFire({ members, more, moreCritical }: Conversation, severity: LadderSeverity): boolean {
  if (members.some((member) => member.severity === severity)) return true;
  return members.length > 0 && (severity === "critical" ? moreCritical : more) > 0;
}

/**
 * Members that are gone are remembered as ended; one of a higher severity, or of a rule not seen before, undoes the
 * acknowledgement and starts the ladder again; one that it does not cover pages beside it (lifecycle 5).
 */
export function takeMembers(
  conversation: Conversation,
  members: readonly Member[],
  beyond: Beyond,
  ended: readonly EndedMember[],
  now: number,
): ConversationStep {
  const present = new Set(members.map(memberKey));
  const left = conversation.members.filter((member) => !present.has(memberKey(member)));
  const ends = left.flatMap((member) => endOf(member, ended, beyond.more, now));
  const before = new Set(conversation.members.map(memberKey));
  const joined = members.filter((member) => !before.has(memberKey(member)));
  const rules = [...new Set([...conversation.rules, ...members.map((member) => ruleKey(member.alert))])];
  const taken: Conversation = {
    ...conversation,
    members: [...members].sort(worstFirst),
    ...beyond,
    ended: [...conversation.ended, ...ends].slice(-MAX_ENDED),
    rules,
  };
  const logs: IncidentEffect[] = [
    ...joined.map((member) =>
      log(conversation, "member", `${member.alert} fires: ${member.reason}`, memberFacts(member)),
    ),
    ...ends.map((member) =>
      log(conversation, "member-ended", `${member.alert} ${member.end}`, {
        ...memberFacts(member),
        at: member.resolvedAt,
      }),
    ),
  ];
  const undone = undoneBy(conversation, joined, members);
  if (undone === undefined) {
    return { conversation: pageUncovered(conversation, taken, now), effects: logs };
  }
  const again = dropAcknowledgement(taken, undone, now);
  return { conversation: again.conversation, effects: [...logs, ...again.effects] };
}

function endOf(
  member: Member,
  ended: readonly EndedMember[],
  more: number,
  now: number,
): readonly EndedMember[] {
  const known = ended.find((candidate) => memberKey(candidate) === memberKey(member));
  if (known !== undefined) return [known];
  // With more members than are listed, one that is not listed need not have ended.
  return more > 0 ? [] : [{ ...member, resolvedAt: now, end: "no longer reported by its monitor" }];
}
