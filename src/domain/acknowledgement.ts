/** Somebody has it: whom an acknowledgement covers, what undoes it, and what happens then (lifecycle 5). Pure. */

import type { AcknowledgeCommand } from "./commands.js";
import { commandDurationMs } from "./commands.js";
import type { ConversationStep } from "./conversation-log.js";
import { log } from "./conversation-log.js";
import type { Acknowledgement, Conversation } from "./incident-state.js";
import type { Ladder, LadderSeverity } from "./ladder.js";
import { restartLadder } from "./ladder.js";
import type { Member } from "./members.js";
import { ruleKey } from "./members.js";
import type { Severity } from "./severity.js";
import { highestSeverity, severityRank } from "./severity.js";
import { utc } from "./utc.js";

/** How long a critical acknowledgement lasts that came before the policy was read. */
const DEFAULT_ACK_TIMEOUT_MS = 30 * 60_000;

export const LADDER_SEVERITIES: readonly LadderSeverity[] = ["critical", "warning"];

/** The members no acknowledgement covers. */
export function uncovered(conversation: Conversation): readonly Member[] {
  const ack = conversation.acknowledgement;
  if (ack === undefined) return conversation.members;
  return conversation.members.filter((member) => !isCovered(ack, member));
}

export function isCovered(ack: Acknowledgement, member: Member): boolean {
  return severityCovered(ack, member) !== undefined;
}

/** How bad a member, or its rule, was when it was covered; undefined when it is not. */
function severityCovered({ covers, partial }: Acknowledgement, { alert }: Member): Severity | undefined {
  return covers[alert] ?? (partial ? undefined : covers[ruleKey(alert)]);
}

export function severityOf(members: readonly Member[]): Severity | undefined {
  return highestSeverity(members.map((member) => member.severity));
}

/**
 * Why a new slice undoes the acknowledgement: a higher severity than anything had, or than what it covers had, or a member of a rule
 * the incident has not seen.
 */
export function undoneBy(
  conversation: Conversation,
  joined: readonly Member[],
  members: readonly Member[],
): string | undefined {
  const ack = conversation.acknowledgement;
  if (ack === undefined) return undefined;
  const highest = severityOf(members);
  if (highest !== undefined && severityRank(highest) > severityRank(ack.severity))
    return `severity rose to ${highest}`;
  const worse = members.find((member) => isWorse(conversation, ack, member));
  if (worse !== undefined) return `${worse.alert} is ${worse.severity} now`;
  const fresh = joined.find((member) => !conversation.rules.includes(ruleKey(member.alert)));
  return fresh === undefined ? undefined : `${ruleKey(fresh.alert)} fires too`;
}

/** Worse than in the slice before, else than when it was covered. */
function isWorse(conversation: Conversation, ack: Acknowledgement, member: Member): boolean {
  const covered = severityCovered(ack, member);
  if (covered === undefined) return false;
  const was = conversation.members.find(({ alert }) => alert === member.alert)?.severity ?? covered;
  return severityRank(member.severity) > severityRank(was);
}

/** Takes the acknowledgement away and pages again from the bottom, for the severities that have members. */
export function dropAcknowledgement(conversation: Conversation, why: string, now: number): ConversationStep {
  const { acknowledgement, ...open } = conversation;
  if (acknowledgement === undefined) return { conversation, effects: [] };
  const { policy } = conversation;
  const firing = LADDER_SEVERITIES.filter((severity) =>
    open.members.some((member) => member.severity === severity),
  );
  const text = `the acknowledgement by ${acknowledgement.by} ended: ${why}`;
  const ladders =
    policy === undefined
      ? {}
      : Object.fromEntries(firing.map((severity) => [severity, restartLadder(policy, severity, now, text)]));
  return {
    conversation: { ...open, ladders: { ...open.ladders, ...ladders } },
    effects: [log(conversation, "unacknowledged", text, {})],
  };
}

/**
 * A new slice brings what nobody has, of a severity of which somebody had everything: its ladder stood where the acknowledgement left
 * it, perhaps hours before its next rung, so it pages again from the bottom. The acknowledgement stays for what it covers.
 */
export function pageUncovered(before: Conversation, after: Conversation, now: number): Conversation {
  const { policy, acknowledgement } = after;
  if (policy === undefined || acknowledgement === undefined) return after;
  const open = uncovered(after);
  const wasOpen = uncovered(before);
  const ladders = LADDER_SEVERITIES.flatMap((severity): readonly (readonly [LadderSeverity, Ladder])[] => {
    const isOfIt = (member: Member): boolean => member.severity === severity;
    const first = open.find(isOfIt);
    if (first === undefined || wasOpen.some(isOfIt)) return [];
    // With nothing of that severity before, it begins like any other: after its group wait.
    if (!before.members.some(isOfIt)) return [[severity, {}]];
    return [[severity, restartLadder(policy, severity, now, `${first.alert} fires and nobody has it`)]];
  });
  return { ...after, ladders: { ...after.ladders, ...Object.fromEntries(ladders) } };
}

/** When it ends by itself; nothing that is over ends it, and the policy's time counts only while it covers something critical. */
export function acknowledgedUntil({
  acknowledgement: ack,
  members,
  endedAt,
}: Conversation): number | undefined {
  if (ack === undefined || endedAt !== undefined) return undefined;
  return !ack.byPolicy || coversCritical(ack, members) ? ack.until : undefined;
}

function coversCritical(ack: Acknowledgement, members: readonly Member[]): boolean {
  return members.some((each) => each.severity === "critical" && isCovered(ack, each));
}

export function endAcknowledgement(conversation: Conversation, now: number): ConversationStep {
  const until = acknowledgedUntil(conversation);
  return until === undefined || now < until
    ? { conversation, effects: [] }
    : dropAcknowledgement(conversation, "its time is over and it still fires", now);
}

/** Covers what is present, or the alerts it names; how long, by the command, else by the policy when it is critical. */
export function acknowledge(
  live: Conversation,
  input: AcknowledgeCommand,
  by: string,
  now: number,
): { readonly step: ConversationStep; readonly text: string } {
  const forMs = commandDurationMs(input.for);
  const covered = coverage(live, input.alerts ?? []);
  const acknowledgement: Acknowledgement = {
    by,
    at: now,
    until: now + (forMs ?? live.policy?.ackTimeoutMs ?? DEFAULT_ACK_TIMEOUT_MS),
    byPolicy: forMs === undefined,
    ...covered,
    severity: severityOf(live.members) ?? "warning",
    ...(input.note === undefined ? {} : { note: input.note.slice(0, 500) }),
  };
  const conversation: Conversation = { ...live, acknowledgement };
  const until = acknowledgedUntil(conversation);
  const facts = { covers: Object.keys(covered.covers).join(", "), ...(until === undefined ? {} : { until }) };
  const text = until === undefined ? "" : ` until ${utc(until)}`;
  return {
    step: {
      conversation,
      effects: [log(live, "acknowledged", input.note ?? "acknowledged", facts, by)],
    },
    text: `acknowledged by ${by}${text}`,
  };
}

/** Everything present, or what is named on top of what somebody has already: an acknowledgement never uncovers. */
function coverage(
  live: Conversation,
  alerts: readonly string[],
): Pick<Acknowledgement, "covers" | "partial"> {
  if (alerts.length === 0)
    return { covers: worstOf(live.members, ({ alert }) => ruleKey(alert)), partial: false };
  const { covers = {}, partial = true } = live.acknowledgement ?? {};
  const named = live.members.filter(({ alert }) => alerts.some((each) => each === alert));
  return { covers: { ...covers, ...worstOf(named, ({ alert }) => alert) }, partial };
}

/** The highest severity under every key. */
function worstOf(
  members: readonly Member[],
  keyOf: (member: Member) => string,
): Readonly<Record<string, Severity>> {
  const lowestFirst = [...members].sort((a, b) => severityRank(a.severity) - severityRank(b.severity));
  return Object.fromEntries(lowestFirst.map((member) => [keyOf(member), member.severity]));
}
