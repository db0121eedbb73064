/** One conversation: its members, what each lane should hear of them, and the clocks of its escalation. Pure. */

import type { Conversation, IncidentEffect } from "./incident-state.js";
import { MAX_ENDED } from "./incident-state.js";
import type { Ladder, LadderSeverity, Reached } from "./ladder.js";
import { climb, ladderDue, notifiersOf, restartLadder, startLadder } from "./ladder.js";
import type { Content, Lane } from "./lane.js";
import { heardOrMaybe, laneAtRest, redraft, UPDATE_EVERY_MS } from "./lane.js";
import type { EndedMember, Member } from "./members.js";
import { memberKey, ruleKey, worstFirst } from "./members.js";
import type { Severity } from "./severity.js";
import { highestSeverity, severityRank } from "./severity.js";

export const LADDER_SEVERITIES: readonly LadderSeverity[] = ["critical", "warning"];

export interface ConversationStep {
  readonly conversation: Conversation;
  readonly effects: readonly IncidentEffect[];
}

/** The members no acknowledgement covers. */
export function uncovered(conversation: Conversation): readonly Member[] {
  const ack = conversation.acknowledgement;
  if (ack === undefined) return conversation.members;
  return conversation.members.filter(
    (member) => !ack.covers.includes(ack.partial ? member.alert : ruleKey(member.alert)),
  );
}

export function severityOf(members: readonly Member[]): Severity | undefined {
  return highestSeverity(members.map((member) => member.severity));
}

/**
 * Takes a monitor's newest slice. Members that are gone are remembered as ended; one of a higher severity, or of a rule not seen
 * before, undoes the acknowledgement and starts the ladder again (lifecycle 5).
 */
export function takeMembers(
  conversation: Conversation,
  members: readonly Member[],
  more: number,
  ended: readonly EndedMember[],
  now: number,
): ConversationStep {
  const present = new Set(members.map(memberKey));
  const left = conversation.members.filter((member) => !present.has(memberKey(member)));
  const ends = left.flatMap((member) => endOf(member, ended, more, now));
  const before = new Set(conversation.members.map(memberKey));
  const joined = members.filter((member) => !before.has(memberKey(member)));
  const rules = [...new Set([...conversation.rules, ...members.map((member) => ruleKey(member.alert))])];
  const taken: Conversation = {
    ...conversation,
    members: [...members].sort(worstFirst),
    more,
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
  if (undone === undefined) return { conversation: taken, effects: logs };
  const again = dropAcknowledgement(taken, undone, now);
  return { conversation: again.conversation, effects: [...logs, ...again.effects] };
}

/** Takes the acknowledgement away and pages again from the bottom, for the severities that are not covered any more. */
export function dropAcknowledgement(conversation: Conversation, why: string, now: number): ConversationStep {
  const { acknowledgement, ...open } = conversation;
  const policy = conversation.policy;
  if (acknowledgement === undefined || policy === undefined) return { conversation: open, effects: [] };
  const ladders = Object.fromEntries(
    LADDER_SEVERITIES.filter((severity) => open.members.some((member) => member.severity === severity)).map(
      (severity) => [severity, restartLadder(policy, severity, now)],
    ),
  );
  return {
    conversation: { ...open, ladders: { ...open.ladders, ...ladders } },
    effects: [
      log(conversation, "unacknowledged", `the acknowledgement by ${acknowledgement.by} ended: ${why}`, {}),
    ],
  };
}

/** Whether people are being paged for this severity: somebody of it is neither covered nor paused. */
function runs(conversation: Conversation, severity: LadderSeverity): boolean {
  return (
    conversation.pause === undefined && uncovered(conversation).some((member) => member.severity === severity)
  );
}

/** Starts, climbs and forgets the ladders as the members want it. */
export function climbLadders(conversation: Conversation, now: number): ConversationStep {
  const policy = conversation.policy;
  if (policy === undefined) return { conversation, effects: [] };
  let current = conversation;
  const effects: IncidentEffect[] = [];
  for (const severity of LADDER_SEVERITIES) {
    if (!current.members.some((member) => member.severity === severity)) {
      current = { ...current, ladders: { ...current.ladders, [severity]: {} } };
      continue;
    }
    if (!runs(current, severity)) continue;
    const ladder = startedLadder(current.ladders[severity], () => startLadder(policy, severity, now));
    const climbed = climb(ladder, policy, severity, now);
    current = { ...current, ladders: { ...current.ladders, [severity]: climbed.ladder } };
    if (climbed.reached === undefined) continue;
    current = { ...current, lanes: called(current.lanes, climbed.reached, severity) };
    effects.push(
      log(
        current,
        climbed.reached.rung.what,
        reachedText(climbed.reached, severity),
        rungFacts(climbed.reached),
      ),
    );
  }
  return { conversation: current, effects };
}

/** Brings every lane's draft in line with what it should hear now. */
export function draftLanes(conversation: Conversation, now: number): ConversationStep {
  const effects: IncidentEffect[] = [];
  const lanes = conversation.lanes.map((lane) => {
    const { lane: drafted, dropped } = redraft(lane, wanted(conversation, lane, now).content, now);
    if (dropped !== undefined && drafted.draft === undefined && heardOrMaybe(lane) === undefined) {
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

/** What a lane should hear now, or when to look again. */
export function wanted(
  conversation: Conversation,
  lane: Lane,
  now: number,
): { readonly content?: Content; readonly at?: number } {
  const routed = conversation.members.filter((member) => isReached(lane, member.severity));
  const heard = heardOrMaybe(lane);
  if (routed.length === 0) return endOwed(conversation, lane);
  const members = routed.map(memberKey).sort();
  const severity = severityOf(routed) ?? "warning";
  const open = uncovered(conversation);
  const acknowledged = routed.every((member) => !open.includes(member));
  const base = { members, severity, acknowledged, pages: lane.pages };
  if (lane.heard === undefined || lane.heard.content.kind === "resolved") {
    if (acknowledged || conversation.pause !== undefined) return {};
    const kind = lane.call.kind === "repeated" ? "firing" : lane.call.kind;
    return { content: { ...base, kind, reason: lane.call.reason } };
  }
  if (conversation.pause !== undefined) return {};
  const told = lane.heard.content;
  if (lane.pages > told.pages && !acknowledged) {
    return {
      content: {
        ...base,
        kind: lane.call.kind === "firing" ? "repeated" : lane.call.kind,
        reason: lane.call.reason,
      },
    };
  }
  const unchanged = { ...base, pages: told.pages };
  if (severityRank(severity) > severityRank(told.severity)) {
    return { content: { ...unchanged, kind: "updated", reason: `severity rose to ${severity}` } };
  }
  if (acknowledged && !told.acknowledged) {
    const by = conversation.acknowledgement?.by ?? "somebody";
    return { content: { ...unchanged, kind: "acknowledged", reason: `acknowledged by ${by}` } };
  }
  if (members.join() === told.members.join()) return {};
  const at = (heard ?? lane.heard).at + UPDATE_EVERY_MS;
  return now < at
    ? { at }
    : { content: { ...unchanged, kind: "updated", reason: changeText(told.members, members) } };
}

/** The earliest time at which this conversation wants to be looked at again. */
export function conversationDue(conversation: Conversation, now: number): number | undefined {
  const times: number[] = [];
  for (const severity of LADDER_SEVERITIES) {
    const ladder = conversation.ladders[severity];
    const due = ladder === undefined || !runs(conversation, severity) ? undefined : ladderDue(ladder);
    if (due !== undefined) times.push(due);
  }
  for (const lane of conversation.lanes) {
    if (lane.draft !== undefined && !lane.draft.flying)
      times.push(Math.max(lane.draft.nextAt, lane.heldUntil ?? 0));
    const at = wanted(conversation, lane, now).at;
    if (at !== undefined) times.push(at);
  }
  if (conversation.acknowledgement?.until !== undefined) times.push(conversation.acknowledgement.until);
  if (conversation.pause !== undefined) times.push(conversation.pause.until);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Who is told next, and when; undefined while nobody will be. */
export function nextRung(
  conversation: Conversation,
): { readonly at: number; readonly notify: readonly string[] } | undefined {
  const { policy } = conversation;
  if (policy === undefined) return undefined;
  return LADDER_SEVERITIES.flatMap((severity) => {
    const rung = conversation.ladders[severity]?.next;
    const at =
      rung === undefined || !runs(conversation, severity)
        ? undefined
        : ladderDue(conversation.ladders[severity] ?? {});
    return rung === undefined || at === undefined
      ? []
      : [{ at, notify: notifiersOf(rung, policy, severity) }];
  }).sort((a, b) => a.at - b.at)[0];
}

/** Every lane that heard of trouble has heard its end, or has given up on it. */
export function allTold(conversation: Conversation): boolean {
  return conversation.lanes.every(laneAtRest);
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

function endOwed(conversation: Conversation, lane: Lane): { readonly content?: Content } {
  const heard = heardOrMaybe(lane);
  if (heard === undefined) return {};
  const ends = conversation.ended.filter((member) => isReached(lane, member.severity));
  return {
    content: {
      kind: "resolved",
      members: [],
      severity: heard.content.severity,
      acknowledged: false,
      pages: heard.content.pages,
      reason: endText(ends),
    },
  };
}

function endText(ends: readonly EndedMember[]): string {
  const reasons = [...new Set(ends.map((member) => member.end))];
  return reasons.length === 0 ? "over" : reasons.join(", ");
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

function undoneBy(
  conversation: Conversation,
  joined: readonly Member[],
  members: readonly Member[],
): string | undefined {
  const ack = conversation.acknowledgement;
  if (ack === undefined) return undefined;
  const highest = severityOf(members);
  if (highest !== undefined && severityRank(highest) > severityRank(ack.severity))
    return `severity rose to ${highest}`;
  const fresh = joined.find((member) => !conversation.rules.includes(ruleKey(member.alert)));
  return fresh === undefined ? undefined : `${ruleKey(fresh.alert)} fires too`;
}

function startedLadder(ladder: Ladder | undefined, start: () => Ladder): Ladder {
  return ladder === undefined || (ladder.next === undefined && ladder.frozenMs === undefined)
    ? start()
    : ladder;
}

function called(lanes: readonly Lane[], reached: Reached, severity: LadderSeverity): readonly Lane[] {
  const { rung } = reached;
  const first = rung.what === "step" && rung.step === 0 && rung.loop === 1;
  const missing = reached.notify.filter((notifier) => !lanes.some((lane) => lane.notifier === notifier));
  const all: readonly Lane[] = [
    ...lanes,
    ...missing.map((notifier): Lane => ({
      notifier,
      reached: [],
      pages: 0,
      call: { kind: "firing", reason: "" },
      n: 0,
    })),
  ];
  return all.map((lane) => {
    if (!reached.notify.includes(lane.notifier)) return lane;
    // What a receiver refused is tried again when a step asks for it again.
    const { refused, ...callable } = lane;
    const again = lane.heard !== undefined && lane.heard.content.kind !== "resolved";
    const kind = again ? "repeated" : first ? "firing" : "escalated";
    return {
      ...callable,
      reached: [...new Set([...lane.reached, severity])],
      pages: lane.pages + 1,
      call: { kind, reason: reachedText(reached, severity) },
    };
  });
}

function isReached(lane: Lane, severity: Severity): boolean {
  return severity !== "info" && lane.reached.includes(severity);
}

function reachedText({ rung }: Reached, severity: LadderSeverity): string {
  switch (rung.what) {
    case "step":
      return rung.loop === 1 && rung.step === 0
        ? `${severity}: first step`
        : `${severity}: step ${rung.step + 1}, time ${rung.loop} through, not acknowledged`;
    case "fallback":
      return `${severity}: every step has been told and nobody has acknowledged`;
    case "repeat":
      return `${severity}: still firing`;
  }
}

function rungFacts({ rung, notify }: Reached): Readonly<Record<string, string | number>> {
  return { step: rung.step + 1, loop: rung.loop, due: rung.at, notify: notify.join(", ") };
}

function memberFacts(member: Member): Readonly<Record<string, string | number>> {
  return { alert: member.alert, episode: member.episode, severity: member.severity, since: member.since };
}

function changeText(before: readonly string[], after: readonly string[]): string {
  const joined = after.filter((key) => !before.includes(key)).length;
  const ended = before.filter((key) => !after.includes(key)).length;
  return [joined > 0 ? `${joined} more firing` : "", ended > 0 ? `${ended} over` : ""]
    .filter(Boolean)
    .join(", ");
}
