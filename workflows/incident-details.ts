/**
 * What the Temporal UI shows of an incident as current details, in the order in which somebody who was woken needs it: who has it and
 * how to take it, what is broken and what to do, who was told, what happened.
 */

import { setCurrentDetails } from "@temporalio/workflow";

import { acknowledgedUntil, nextRung, uncovered } from "../src/domain/conversation.js";
import type { Conversation } from "../src/domain/incident-state.js";
import type { Member } from "../src/domain/members.js";
import { utcNear } from "../src/domain/utc.js";
import { plain, sections, shortened, titled } from "./details-markdown.js";
import type { IncidentRun, TimelineEntry } from "./incident-run.js";
import { stateOf } from "./incident-view.js";
import { laneText } from "./lane-text.js";
import { firstHeard } from "./reader-notes.js";
import { refusedLines } from "./refusals.js";
import { INCIDENT_STEERING, incidentSummary, steeringText } from "./steering.js";

/** Alerts and lines of the log that are shown. */
const MAX_LINES = 20;

export function showIncident(run: IncidentRun): void {
  const now = Date.now();
  const newestFirst = [...run.state.conversations].reverse();
  setCurrentDetails(
    sections([
      [`${incidentSummary(run.input.service)}.`],
      refusedLines(run.readerNotes.refused, now),
      ...newestFirst.flatMap((conversation) => conversationSections(run, conversation, now)),
      titled(
        "What happened:",
        run.timeline.slice(-MAX_LINES).map((entry) => entryLine(entry, now)),
      ),
      steeringText(INCIDENT_STEERING),
    ]),
  );
}

function conversationSections(
  run: IncidentRun,
  conversation: Conversation,
  now: number,
): readonly (readonly string[])[] {
  const { id, members, more, lanes } = conversation;
  const told = lanes.map(
    (lane) =>
      `- **${plain(lane.notifier)}** ${plain(laneText(lane, firstHeard(run.readerNotes, id, lane.notifier), now))}`,
  );
  return [
    [`### ${headline(conversation, now)}`],
    headLines(run, conversation, now),
    titled(
      "What fires:",
      shortened(members, MAX_LINES, (member) => memberLines(run, member, now), more),
    ),
    titled("Who was told:", told),
  ];
}

/** Whose it is comes first. */
function headline(conversation: Conversation, now: number): string {
  const { openedAt, endedAt, pause } = conversation;
  switch (stateOf(conversation)) {
    case "closed":
    case "ended":
      return `Over since ${utcNear(endedAt ?? now, now)}`;
    case "paused":
      return `Paused by ${plain(pause?.by ?? "")} until ${utcNear(pause?.until ?? now, now)}${remark(pause?.reason)}`;
    case "acknowledged":
      return `Acknowledged: ${acknowledgedText(conversation, now)}`;
    case "open":
      return `Open since ${utcNear(openedAt, now)}: ${nobodyText(conversation)}`;
  }
}

function headLines(run: IncidentRun, conversation: Conversation, now: number): readonly string[] {
  const { owner } = run.readerNotes.texts;
  return [
    ...takeLines(run, conversation, now),
    ...nextLines(conversation, now),
    ...conversation.notes.map((note) => `- **note**: ${plain(note)}`),
    ...(owner === undefined ? [] : [`- **owner**: ${plain(owner)}`]),
    `- **incident** \`${conversation.id}\``,
  ];
}

/** How to take what nobody has, and what of it somebody has where the headline does not say that. */
function takeLines(run: IncidentRun, conversation: Conversation, now: number): readonly string[] {
  const { acknowledgement } = conversation;
  const state = stateOf(conversation);
  if (state !== "open" && state !== "paused") return [];
  const isOpen = uncovered(conversation).length > 0;
  const lead =
    state === "paused" ? `**${nobodyText(conversation)}**: to acknowledge,` : "**to acknowledge**,";
  return [
    ...(isOpen
      ? [
          `- ${lead} send the signal \`acknowledge\` without any input, or run \`tocsin ack ${run.input.service}\``,
        ]
      : []),
    ...(acknowledgement === undefined
      ? []
      : [`- **acknowledged**${isOpen ? " in part" : ""}: ${acknowledgedText(conversation, now)}`]),
  ];
}

function nextLines(conversation: Conversation, now: number): readonly string[] {
  const { policy, lanes, members } = conversation;
  const until = acknowledgedUntil(conversation);
  const next = nextRung(conversation);
  switch (stateOf(conversation)) {
    case "closed":
    case "ended":
      return [];
    case "paused":
      return ["- **next**: no step and no repeat before the pause ends; the end is told all the same"];
    case "acknowledged":
      return until === undefined
        ? []
        : [`- **next**: pages again at ${utcNear(until, now)} if it still fires`];
    case "open":
  }
  if (next !== undefined) {
    return [
      `- **next**: ${plain(next.notify.join(", "))} at ${utcNear(next.at, now)} unless acknowledged or over by then`,
    ];
  }
  if (policy === undefined) return ["- **next**: whom to tell is being looked up"];
  if (lanes.some(({ draft, heldUntil = 0 }) => draft !== undefined && heldUntil > now))
    return ["- **next**: the steps stand still while it is held"];
  if (members.every(({ paused }) => paused !== undefined))
    return ["- **next**: the steps stand still while nothing of it is probed"];
  return ["- **next**: nobody else; the end is told to everybody who was told"];
}

function memberLines(run: IncidentRun, member: Member, now: number): readonly string[] {
  const { alert, severity, state, since, paused, reason } = member;
  const { action, runbook } = run.readerNotes.texts.alerts[alert] ?? {};
  const name = alert.startsWith(`${run.input.service}/`) ? alert.slice(run.input.service.length + 1) : alert;
  const facts = [
    severity,
    `${state === "firing" ? "firing" : "recovering, bad"} since ${utcNear(since, now)}`,
    ...unknownFacts(member, now),
    ...(paused === undefined ? [] : [`paused by ${plain(paused.by)} until ${utcNear(paused.until, now)}`]),
  ];
  return [
    `- **${plain(name)}** ${facts.join(", ")}${remark(reason)}`,
    ...(action === undefined ? [] : [`- **action**: ${plain(action)}`]),
    ...(runbook === undefined ? [] : [`- **runbook**: ${plain(runbook)}`]),
  ];
}

/** That a subject is no longer reported is known; of blindness, the reason is what an operator can act on. */
function unknownFacts({ unknownSince, unknownReason, absent }: Member, now: number): readonly string[] {
  if (unknownSince === undefined) return [];
  const since = utcNear(unknownSince, now);
  return [
    absent ? `no longer reported since ${since}` : `nothing known since ${since}${inBrackets(unknownReason)}`,
  ];
}

function entryLine({ at, kind, text, by }: TimelineEntry, now: number): string {
  const who = by === undefined ? "" : ` (${plain(by)})`;
  return `- ${utcNear(at, now)} **${kind}**${text === "" ? "" : ` ${plain(text)}`}${who}`;
}

function nobodyText(conversation: Conversation): string {
  const alerts = conversation.members.length + conversation.more;
  const open = uncovered(conversation).length + conversation.more;
  return open === alerts ? "nobody has it" : `nobody has ${open} of its ${alerts} alerts`;
}

function acknowledgedText(conversation: Conversation, now: number): string {
  if (conversation.acknowledgement === undefined) return "";
  const { by, note } = conversation.acknowledgement;
  const until = acknowledgedUntil(conversation);
  const end = until === undefined ? "" : ` until ${utcNear(until, now)}`;
  return `${plain(by)} has it${end}${remark(note)}`;
}

function inBrackets(text: string | undefined): string {
  return text === undefined ? "" : ` (${plain(text)})`;
}

function remark(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `: ${plain(text)}`;
}
