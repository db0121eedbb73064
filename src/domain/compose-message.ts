/** Puts the texts of a plan to the facts of an incident: what every notifier renders. Pure. */

import type { DeliverInput } from "./deliver-input.js";
import { parseAlertId, RESERVED_SYSTEM, serviceOfIncident } from "./ids.js";
import type { EndedMember, Member } from "./members.js";
import { MAX_MEMBERS, worstFirst } from "./members.js";
import type { Message, MessageAlert } from "./message.js";
import type { Plan, RulePlan } from "./plan.js";
import { renderTemplate } from "./template.js";
import { utc, utcNear } from "./utc.js";

/** What the sender knows of its surroundings. */
export interface MessageSurroundings {
  /** The line that acknowledges, ready to paste, for an incident's workflow id. */
  readonly ackCommand: string;
  readonly links: Readonly<Record<string, string>>;
}

interface Texts {
  readonly rule?: RulePlan;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: string;
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
  const { rule, labels, owner } = textsOf(member, plan);
  const { service, check, rule: name, subject } = parseAlertId(member.alert);
  const values = {
    service,
    check,
    rule: name,
    reason: member.reason,
    since: utc(member.since),
    fields: {},
    labels,
    ...(subject === undefined ? {} : { subject: decodeURIComponent(subject) }),
  };
  const text = (template: string): string => renderTemplate(template, values);
  return {
    id: member.alert,
    episode: member.episode,
    severity: member.severity,
    summary: rule === undefined ? member.reason : text(rule.summary),
    reason: member.reason,
    since: member.since,
    firedAt: member.firedAt,
    readingsBad: member.bad,
    labels,
    ...(member.lastGoodAt === undefined ? {} : { lastGoodAt: member.lastGoodAt }),
    ...(member.unknownSince === undefined ? {} : { unknownSince: member.unknownSince }),
    ...(member.blindMs === undefined ? {} : { blindMs: member.blindMs }),
    ...(rule?.action === undefined ? {} : { action: text(rule.action) }),
    ...(rule?.runbook === undefined ? {} : { runbook: text(rule.runbook) }),
    ...(owner === undefined ? {} : { owner }),
  };
}

function textsOf(member: Member, plan: Plan): Texts {
  const { system, service, check, rule } = parseAlertId(member.alert);
  const servicePlan = plan.systems
    .find((each) => each.name === system)
    ?.services.find((each) => each.name === service);
  const checkPlan = servicePlan?.checks.find((each) => each.name === check);
  const rulePlan = checkPlan?.rules.find((each) => each.name === rule);
  const owner = servicePlan?.owner ?? plan.systems.find((each) => each.name === system)?.owner;
  return {
    labels: { ...checkPlan?.labels, ...rulePlan?.labels },
    ...(rulePlan === undefined ? {} : { rule: rulePlan }),
    ...(owner === undefined ? {} : { owner }),
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
