/** What a plan says about an alert to whoever reads of it: summary, action, runbook, owner, with the alert's own values put in. Pure. */

import { BLIND_ACTION, isBlindAlert } from "./blindness.js";
import { parseAlertId } from "./ids.js";
import type { IncidentTexts, Member } from "./members.js";
import type { Plan, RulePlan } from "./plan.js";
import { renderTemplate } from "./template.js";
import { utc } from "./utc.js";

export interface MemberTexts {
  readonly summary: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly runbook?: string;
  readonly owner?: string;
}

/** Alerts whose texts go along, and how much of each. */
const MAX_ALERTS = 10;
const MAX_TEXT = 300;

interface Planned {
  readonly rule?: Pick<RulePlan, "summary" | "action" | "runbook">;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner?: string;
}

/** An alert that the plan does not have any more is told with what the incident itself knows. */
export function memberTexts(member: Member, plan: Plan): MemberTexts {
  const { rule, labels, owner } = plannedFor(member, plan);
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
    summary: rule === undefined ? member.reason : text(rule.summary),
    labels,
    ...(rule?.action === undefined ? {} : { action: text(rule.action) }),
    ...(rule?.runbook === undefined ? {} : { runbook: text(rule.runbook) }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** `members` worst first. */
export function incidentTexts(members: readonly Member[], plan: Plan): IncidentTexts {
  const texts = members
    .slice(0, MAX_ALERTS)
    .map((member) => [member.alert, memberTexts(member, plan)] as const);
  const owner = texts.find(([, each]) => each.owner !== undefined)?.[1].owner;
  const alerts = texts.map(([alert, { action, runbook }]) => [
    alert,
    {
      ...(action === undefined ? {} : { action: action.slice(0, MAX_TEXT) }),
      ...(runbook === undefined ? {} : { runbook: runbook.slice(0, MAX_TEXT) }),
    },
  ]);
  return {
    alerts: Object.fromEntries(alerts) as IncidentTexts["alerts"],
    ...(owner === undefined ? {} : { owner }),
  };
}

function plannedFor(member: Member, plan: Plan): Planned {
  if (isBlindAlert(member.alert)) return plannedForBlind(member, plan);
  const { system, service, check, rule } = parseAlertId(member.alert);
  const systemPlan = plan.systems.find((each) => each.name === system);
  const servicePlan = systemPlan?.services.find((each) => each.name === service);
  const checkPlan = servicePlan?.checks.find((each) => each.name === check);
  const rulePlan = checkPlan?.rules.find((each) => each.name === rule);
  const owner = servicePlan?.owner ?? systemPlan?.owner;
  return {
    labels: { ...checkPlan?.labels, ...rulePlan?.labels },
    ...(rulePlan === undefined ? {} : { rule: rulePlan }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** The subject of a blind alert is the system that cannot be seen: it concerns whoever is responsible for that. */
function plannedForBlind({ alert }: Member, plan: Plan): Planned {
  const { subject } = parseAlertId(alert);
  const system = plan.systems.find(({ name }) => name === subject);
  const owners =
    system?.owner ?? [...new Set(system?.services.flatMap(({ owner }) => owner ?? []))].join(", ");
  return {
    rule: { summary: "{{ reason }}", action: BLIND_ACTION },
    labels: {},
    ...(owners === "" ? {} : { owner: owners }),
  };
}
