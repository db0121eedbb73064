/** Puts the texts of a plan to the facts of an incident: what every notifier renders. Pure. */

import type { DeliverInput } from "./deliver-input.js";
import { parseAlertId, RESERVED_SYSTEM, serviceOfIncident } from "./ids.js";
import type { EndedMember, Member } from "./members.js";
import { MAX_MEMBERS, worstFirst } from "./members.js";
import type { Message, MessageAlert } from "./message.js";
import { memberTexts } from "./member-texts.js";
import type { Plan } from "./plan.js";
import { utcNear } from "./utc.js";

/** What the sender knows of its surroundings. */
export interface MessageSurroundings {
  /** The line that acknowledges, ready to paste, for an incident's workflow id. */
  readonly ackCommand: string;
  readonly links: Readonly<Record<string, string>>;
}

/** `plan` is the one whose texts are used; an alert it no longer has is told with what the incident itself knows. */
export function composeMessage(input: DeliverInput, plan: Plan, surroundings: MessageSurroundings): Message {
  const ended = input.ended.filter((member) => !input.members.some((each) => each.alert === member.alert));
  const alerts = [
    ...[...input.members].sort(worstFirst).map((member) => firingAlert(member, plan)),
    ...[...ended].sort(worstFirst).map((member) => resolvedAlert(member, plan)),
  ].slice(0, MAX_MEMBERS);
  const runbook = alerts.find((alert) => alert.runbook !== undefined)?.runbook;
  const { incident, notifier, n, kind, reason, decidedAt, state, severity, more, notes, textRevision } =
    input;
  return {
    key: `${incident}/${notifier}/${n}`,
    kind,
    incident,
    n,
    page: input.page ?? kind !== "resolved",
    round: input.round ?? 1,
    decidedAt,
    state,
    severity,
    reason,
    alerts,
    more,
    notes: [...notes, ...alertNotes(input)],
    ackCommand: surroundings.ackCommand,
    links: { ...surroundings.links, ...(runbook === undefined ? {} : { runbook }) },
    revision: textRevision,
    ...(input.acknowledged === undefined ? {} : { acknowledged: input.acknowledged }),
    ...(input.paused === undefined ? {} : { paused: input.paused }),
    ...(input.nextStep === undefined ? {} : { nextStep: input.nextStep }),
  };
}

function firingAlert(member: Member, plan: Plan): MessageAlert {
  return { ...common(member, plan), state: member.state };
}

function resolvedAlert(member: EndedMember, plan: Plan): MessageAlert {
  // One clock, and still clamped: an end before its beginning is refused by receivers.
  const resolvedAt = Math.max(member.resolvedAt, member.firedAt);
  return { ...common(member, plan), state: "resolved", resolvedAt, endReason: member.end };
}

function common(member: Member, plan: Plan): Omit<MessageAlert, "state"> {
  return {
    id: member.alert,
    episode: member.episode,
    severity: member.severity,
    reason: member.reason,
    since: member.since,
    firedAt: member.firedAt,
    readingsBad: member.bad,
    ...(member.lastGoodAt === undefined ? {} : { lastGoodAt: member.lastGoodAt }),
    ...(member.unknownSince === undefined ? {} : { unknownSince: member.unknownSince }),
    ...(member.unknownReason === undefined ? {} : { unknownReason: member.unknownReason }),
    ...(member.absent === undefined ? {} : { absent: member.absent }),
    ...(member.blindMs === undefined ? {} : { blindMs: member.blindMs }),
    ...memberTexts(member, plan),
  };
}

function alertNotes(input: DeliverInput): readonly string[] {
  const { system } = parseAlertId(
    input.members[0]?.alert ?? input.ended[0]?.alert ?? `${serviceOfIncident(input.incident)}/-/-`,
  );
  const blind = system === RESERVED_SYSTEM && input.kind !== "resolved";
  const paused = input.members.flatMap(({ alert, paused: pause }) =>
    pause === undefined
      ? []
      : [`${alert} is paused by ${pause.by} until ${utcNear(pause.until, input.decidedAt)}: not probed.`],
  );
  return [...(blind ? ["Tocsin is blind here: what it cannot see may be down."] : []), ...paused];
}
