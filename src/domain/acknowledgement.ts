/** Somebody has it: whom an acknowledgement covers, what undoes it, and what happens then (lifecycle 5). Pure. */

import type { AcknowledgeCommand } from "./commands.js";
import { commandDurationMs } from "./commands.js";
import type { ConversationStep } from "./conversation-log.js";
import { log } from "./conversation-log.js";
import type { Acknowledgement, Conversation } from "./incident-state.js";
import type { LadderSeverity } from "./ladder.js";
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
  const covers = new Set(ack.covers);
  return conversation.members.filter(
    ({ alert }) => !covers.has(alert) && (ack.partial || !covers.has(ruleKey(alert))),
  );
}

export function severityOf(members: readonly Member[]): Severity | undefined {
  return highestSeverity(members.map((member) => member.severity));
}

/** Why a new slice undoes the acknowledgement: a higher severity, or a member of a rule the incident has not seen. */
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
  const fresh = joined.find((member) => !conversation.rules.includes(ruleKey(member.alert)));
  return fresh === undefined ? undefined : `${ruleKey(fresh.alert)} fires too`;
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

export function endAcknowledgement(conversation: Conversation, now: number): ConversationStep {
  const until = conversation.acknowledgement?.until;
  return until === undefined || now < until || conversation.endedAt !== undefined
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
  const severity = severityOf(live.members) ?? "warning";
  const timeoutMs =
    severity === "critical" ? (live.policy?.ackTimeoutMs ?? DEFAULT_ACK_TIMEOUT_MS) : undefined;
  const forMs = commandDurationMs(input.for) ?? timeoutMs;
  const covered = coverage(live, input.alerts ?? []);
  const until = forMs === undefined ? undefined : now + forMs;
  const conversation: Conversation = {
    ...live,
    acknowledgement: {
      by,
      at: now,
      ...covered,
      severity,
      ...(input.note === undefined ? {} : { note: input.note.slice(0, 500) }),
      ...(until === undefined ? {} : { until }),
    },
  };
  const facts = { covers: covered.covers.join(", "), ...(until === undefined ? {} : { until }) };
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
  if (alerts.length === 0) {
    return { covers: [...new Set(live.members.map((member) => ruleKey(member.alert)))], partial: false };
  }
  const { covers = [], partial = true } = live.acknowledgement ?? {};
  return { covers: [...new Set([...covers, ...alerts])], partial };
}
