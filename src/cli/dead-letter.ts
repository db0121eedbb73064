/** A dead letter as it was meant to be read: put together again from what the store knows of its incident. */

import { incidentWorkflowId } from "../../workflows/names.js";
import { composeMessage } from "../domain/compose-message.js";
import type { DeliverInput } from "../domain/deliver-input.js";
import type { AlertId, RevisionId } from "../domain/ids.js";
import { serviceOfIncident } from "../domain/ids.js";
import type { EndedMember, Member } from "../domain/members.js";
import type { AttemptResult, Message } from "../domain/message.js";
import type { DeliveryRecord, Facts, IncidentEvent } from "../domain/story.js";
import type { Severity } from "../domain/severity.js";
import { highestSeverity, SEVERITIES } from "../domain/severity.js";
import { utc } from "../domain/utc.js";
import type { PlanSource } from "../store/plan-source.js";
import type { DeadLetter } from "../store/store.js";
import { TocsinError } from "../errors.js";
import type { Context } from "./context.js";

/**
 * Why sending this one again does more harm than good; undefined for an end, which is always good to hear. A page would call
 * somebody for what may be over, and the incident would not know that an end is owed for it.
 */
export function whyNotAgain(
  { kind, notifier }: DeadLetter,
  events: readonly IncidentEvent[],
): string | undefined {
  if (kind === "resolved") return undefined;
  const over = events.some(({ kind: what }) => what === "ended" || what === "closed");
  return over
    ? "its incident is over, and this would say that it is not; --force sends it all the same"
    : `the running incident would not know that ${notifier} was told, and would not tell it the end; its next step or repeat tries by itself (tocsin escalate hurries it), --force sends this one all the same`;
}

/** Rejects with CLI-010 when the store does not know under which revision it was told, with STO-090 when that revision is gone. */
export async function letterMessage(
  letter: DeadLetter,
  events: readonly IncidentEvent[],
  plans: PlanSource,
  context: Context,
): Promise<{ readonly message: Message; readonly revision: RevisionId }> {
  const revision = events.find(({ kind }) => kind === "opened")?.facts.revision;
  if (typeof revision !== "string") {
    throw new TocsinError("CLI-010", `nothing is stored of the opening of ${letter.incident}`);
  }
  const input = letterInput(letter, events, revision as RevisionId);
  const plan = await plans.plan(input.textRevision);
  const service = serviceOfIncident(letter.incident);
  const page = `${context.ui ?? ""}/namespaces/${context.namespace}/workflows/${encodeURIComponent(incidentWorkflowId(context.prefix, service))}`;
  const message = composeMessage(input, plan, {
    ackCommand: `tocsin ack ${service}`,
    links: context.ui === undefined ? {} : { temporal: page },
  });
  return { message, revision: input.revision };
}

/** What is written down of an attempt made by hand, so that the timeline tells it. */
export function letterRecord(
  { key, incident, notifier, n, kind, attempts }: DeadLetter,
  ended: AttemptResult | { readonly result: "discarded"; readonly reason: string },
  by: string,
  prefix: string,
  now: number,
): DeliveryRecord {
  const why = "reason" in ended ? `${ended.reason}; ` : "";
  return {
    workflowId: incidentWorkflowId(prefix, serviceOfIncident(incident)),
    // Grows with time, as the workflow's own do, and stays ahead of none of them.
    seq: now,
    key,
    incident,
    notifier,
    n,
    kind,
    at: now,
    attempt: ended.result === "discarded" ? attempts : attempts + 1,
    result: ended.result,
    reason: `${why}by hand, ${by}`,
  };
}

const END_REASONS: readonly EndedMember["end"][] = [
  "recovered",
  "gone",
  "released",
  "hold over",
  "rule deleted",
  "check removed",
  "no longer reported by its monitor",
];

/** The facts as they were when the letter died. */
function letterInput(
  letter: DeadLetter,
  events: readonly IncidentEvent[],
  revision: RevisionId,
): DeliverInput {
  const { incident, notifier, n, kind, at, attempts } = letter;
  const endedAt = events.findLast((event) => event.kind === "ended")?.at;
  const before = events.filter((event) => event.at <= at);
  const joined = before
    .filter((event) => event.kind === "member")
    .map(({ at: firedAt, text, facts }) => memberOf(facts, firedAt, text));
  const ended = before
    .filter((event) => event.kind === "member-ended")
    .map(({ at: endedAt, text, facts }) => endedOf(facts, endedAt, text));
  const over = new Set(ended.map(({ alert, episode }) => `${alert}#${episode}`));
  const members = joined.filter(({ alert, episode }) => !over.has(`${alert}#${episode}`));
  const said = kind === "resolved" ? ended : members;
  return {
    incident,
    notifier,
    n,
    // An end is that of every round: each acknowledgement may have been followed by one more.
    round: kind === "resolved" ? 1 + before.filter((event) => event.kind === "acknowledged").length : 1,
    kind,
    reason: `sent again by hand after ${attempts} attempts`,
    decidedAt: kind === "resolved" ? (endedAt ?? at) : at,
    state: kind === "resolved" ? "ended" : "open",
    severity: highestSeverity(said.map(({ severity }) => severity)) ?? "warning",
    revision,
    textRevision: revision,
    members: kind === "resolved" ? [] : members,
    ended: kind === "resolved" ? ended : [],
    more: 0,
    notes: [`Sent again by hand; it was first due at ${utc(at)}.`],
  };
}

function memberOf(facts: Facts, firedAt: number, text: string): Member {
  const since = typeof facts.since === "number" ? facts.since : firedAt;
  return {
    alert: String(facts.alert) as AlertId,
    episode: typeof facts.episode === "number" ? facts.episode : Math.floor(firedAt / 1000),
    severity: severityOf(facts.severity),
    state: "firing",
    since,
    firedAt,
    bad: 0,
    reason: text.slice(text.indexOf(": ") + 2),
  };
}

function endedOf(facts: Facts, endedAt: number, text: string): EndedMember {
  const member = memberOf(facts, endedAt, text);
  const resolvedAt = typeof facts.at === "number" ? facts.at : endedAt;
  const end = END_REASONS.find((reason) => text.endsWith(` ${reason}`)) ?? "recovered";
  return { ...member, firedAt: member.episode * 1000, resolvedAt, end };
}

function severityOf(value: unknown): Severity {
  return SEVERITIES.find((each) => each === value) ?? "warning";
}
