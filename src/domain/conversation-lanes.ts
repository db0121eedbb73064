/** What each lane of a conversation should hear now, and whether all of them have heard their end. Pure. */

import { severityOf, uncovered } from "./acknowledgement.js";
import type { ConversationStep } from "./conversation-log.js";
import { mayFire } from "./conversation-members.js";
import type { Conversation, IncidentEffect } from "./incident-state.js";
import type { Content, Heard, Lane } from "./lane.js";
import { draftDue, heardOrMaybe, laneAtRest, redraft, UPDATE_EVERY_MS } from "./lane.js";
import { resendDue } from "./lane-resends.js";
import type { Member } from "./members.js";
import { alertOfKey, memberKey } from "./members.js";
import type { Severity } from "./severity.js";
import { severityRank } from "./severity.js";
import { utc } from "./utc.js";

/** What a lane should hear now, or when to look again. */
export interface Wanted {
  readonly content?: Content;
  readonly at?: number;
}

/** Brings every lane's draft in line with what it should hear now. */
export function draftLanes(conversation: Conversation, now: number): ConversationStep {
  const effects: IncidentEffect[] = [];
  const lanes = conversation.lanes.map((lane) => {
    const { lane: drafted, dropped } = redraft(lane, wanted(conversation, lane, now).content, now);
    if (dropped !== undefined && drafted.draft === undefined && heardOrMaybe(drafted) === undefined) {
      effects.push({
        effect: "delivery",
        incident: conversation.id,
        notifier: lane.notifier,
        n: dropped.n,
        kind: dropped.content.kind,
        attempt: dropped.tries,
        result: "superseded",
        reason: conversation.members.length === 0 ? "over before it could be told" : "no longer wanted",
      });
    }
    return drafted;
  });
  return { conversation: { ...conversation, lanes }, effects };
}

function wanted(conversation: Conversation, lane: Lane, now: number): Wanted {
  const routed = routedTo(conversation, lane);
  if (routed.length === 0) {
    return lane.reached.some((severity) => mayFire(conversation, severity))
      ? {}
      : endOwed(conversation, lane);
  }
  if (conversation.pause !== undefined) return {};
  const telling = state(conversation, lane, routed);
  const { heard } = lane;
  if (heard === undefined || heard.content.kind === "resolved") {
    if (telling.acknowledged) return heard === undefined ? {} : isBack(conversation, heard, telling, now);
    const kind = lane.call.kind === "repeated" ? "firing" : lane.call.kind;
    return { content: { ...telling, kind, reason: lane.call.reason } };
  }
  return changed(conversation, lane, heard, telling, now);
}

/**
 * Whom a step has reached hears of everybody of its severity. Who has heard of a member goes on hearing of it, also when its severity
 * has risen to a ladder that does not call here; and who has heard the end of a severity hears of what fires again and no step tells,
 * because somebody has it.
 */
function routedTo(conversation: Conversation, lane: Lane): readonly Member[] {
  const told = heardOrMaybe(lane)?.content.members ?? [];
  const open = uncovered(conversation);
  return conversation.members.filter(
    (member) =>
      isAmong(lane.reached, member.severity) ||
      (member.severity !== "info" && told.includes(memberKey(member))) ||
      (isAmong(lane.ended, member.severity) && !open.includes(member)),
  );
}

/** When a lane wants to be looked at again; undefined when only an event can change it. */
export function lanesDue(conversation: Conversation, now: number): number | undefined {
  const times = conversation.lanes.flatMap((lane) =>
    [draftDue(lane), wanted(conversation, lane, now).at, resendDue(conversation, lane)].filter(
      (at) => at !== undefined,
    ),
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Every lane that heard of trouble has heard its end, or has given up on it. */
export function allTold(conversation: Conversation): boolean {
  return conversation.lanes.every(laneAtRest);
}

type ToBeTold = Omit<Content, "kind" | "reason">;

function state(conversation: Conversation, lane: Lane, routed: readonly Member[]): ToBeTold {
  const open = uncovered(conversation);
  const pauses = routed.flatMap(({ paused }) =>
    paused === undefined ? [] : [`${paused.by} until ${utc(paused.until)}`],
  );
  return {
    members: routed.map(memberKey).sort(),
    severity: severityOf(routed) ?? "warning",
    acknowledged: routed.every((member) => !open.includes(member)),
    pages: lane.pages,
    ...(pauses.length === 0 ? {} : { paused: [...new Set(pauses)].sort().join(", ") }),
  };
}

/** What is new to a lane that has heard of the trouble: a page first, then what a person did, then its members. */
function changed(
  conversation: Conversation,
  lane: Lane,
  heard: Heard,
  telling: ToBeTold,
  now: number,
): Wanted {
  const told = heard.content;
  if (lane.pages > told.pages && !telling.acknowledged) {
    const { kind, reason, begins } = lane.call;
    // What begins to be told here is no repeat of what was told of others; that an alert fires anew is one to who heard no end.
    const known = told.members.map(alertOfKey);
    const isNews = begins && telling.members.some((key) => !known.includes(alertOfKey(key)));
    return {
      content: { ...telling, kind: isNews ? "updated" : kind === "firing" ? "repeated" : kind, reason },
    };
  }
  const unchanged = { ...telling, pages: told.pages };
  if (severityRank(telling.severity) > severityRank(told.severity)) {
    return { content: { ...unchanged, kind: "updated", reason: `severity rose to ${telling.severity}` } };
  }
  if (telling.acknowledged && !told.acknowledged) {
    const by = conversation.acknowledgement?.by ?? "somebody";
    return { content: { ...unchanged, kind: "acknowledged", reason: `acknowledged by ${by}` } };
  }
  if (telling.paused !== told.paused) {
    const reason = telling.paused === undefined ? "the pause is over" : `paused by ${telling.paused}`;
    return { content: { ...unchanged, kind: "updated", reason } };
  }
  if (telling.members.join() === told.members.join()) return {};
  const at = heard.at + UPDATE_EVERY_MS;
  const reason = changeText(told.members, telling.members);
  return now < at ? { at } : { content: { ...unchanged, kind: "updated", reason } };
}

/** The end it heard last is not true any more; nobody is paged for it. */
function isBack(conversation: Conversation, heard: Heard, telling: ToBeTold, now: number): Wanted {
  const at = heard.at + UPDATE_EVERY_MS;
  const reason = `fires again, acknowledged by ${conversation.acknowledgement?.by ?? "somebody"}`;
  return now < at ? { at } : { content: { ...telling, pages: heard.content.pages, kind: "updated", reason } };
}

function endOwed(conversation: Conversation, lane: Lane): Wanted {
  const heard = heardOrMaybe(lane);
  if (heard === undefined) return {};
  const { members, severity, pages } = heard.content;
  const ends = conversation.ended.filter((member) => members.includes(memberKey(member)));
  const reasons = [...new Set(ends.map(({ end }) => end))];
  const reason = reasons.length === 0 ? "over" : reasons.join(", ");
  return { content: { kind: "resolved", members: [], severity, acknowledged: false, pages, reason } };
}

function isAmong(severities: Lane["reached"] = [], severity: Severity): boolean {
  return severity !== "info" && severities.includes(severity);
}

function changeText(before: readonly string[], after: readonly string[]): string {
  const joined = after.filter((key) => !before.includes(key)).length;
  const ended = before.filter((key) => !after.includes(key)).length;
  return [joined > 0 ? `${joined} more firing` : "", ended > 0 ? `${ended} over` : ""]
    .filter(Boolean)
    .join(", ");
}
