/** What an incident shows of itself: the live details in the Temporal UI, its search attributes, and the answers to queries. */

import { setCurrentDetails } from "@temporalio/workflow";

import { acknowledgedUntil, nextRung, severityOf, uncovered } from "../src/domain/conversation.js";
import { parseServiceId } from "../src/domain/ids.js";
import { liveConversation } from "../src/domain/incident-machine.js";
import type { Conversation } from "../src/domain/incident-state.js";
import type { Lane } from "../src/domain/lane.js";
import type { IncidentRun } from "./incident-run.js";
import type { Shown } from "./search-attributes.js";

const MAX_LINES = 20;

export function incidentShown(run: IncidentRun): Shown {
  const { system, service } = parseServiceId(run.input.service);
  const live = liveConversation(run.state, Date.now());
  const severity = live === undefined ? undefined : severityOf(live.members);
  return {
    system,
    service,
    state: stateText(live),
    openAlerts: live === undefined ? 0 : live.members.length + live.more,
    ...(severity === undefined ? {} : { severity }),
  };
}

/** The Markdown shown under "Current details" in the Temporal UI. */
export function showIncident(run: IncidentRun): void {
  const parts = run.state.conversations.map((conversation) => conversationText(conversation));
  const lines = run.timeline
    .slice(-MAX_LINES)
    .map(
      (entry) =>
        `- ${time(entry.at)} **${entry.kind}** ${cell(entry.text)}${entry.by === undefined ? "" : ` (${entry.by})`}`,
    );
  setCurrentDetails([...parts, "", ...lines].join("\n"));
}

/** The answer to the `status` query: plain JSON for the CLI when the store is away. */
export function incidentStatus(run: IncidentRun): unknown {
  return {
    ...incidentShown(run),
    service: run.input.service,
    conversations: run.state.conversations.map((conversation) => ({
      id: conversation.id,
      revision: conversation.revision,
      openedAt: conversation.openedAt,
      endedAt: conversation.endedAt,
      closed: conversation.closed ?? false,
      state: stateText(conversation),
      members: conversation.members,
      more: conversation.more,
      ended: conversation.ended,
      ...(conversation.acknowledgement === undefined
        ? {}
        : { acknowledgement: { ...conversation.acknowledgement, until: acknowledgedUntil(conversation) } }),
      pause: conversation.pause,
      ladders: conversation.ladders,
      next: nextRung(conversation),
      lanes: conversation.lanes,
      notes: conversation.notes,
    })),
    rowsWaiting: run.rows.count(),
  };
}

/** Why each lane was told, or was not, in sentences. */
export function incidentWhy(run: IncidentRun): unknown {
  return run.state.conversations.map((conversation) => ({
    incident: conversation.id,
    state: stateText(conversation),
    next: nextRung(conversation),
    lanes: conversation.lanes.map((lane) => ({ notifier: lane.notifier, text: laneText(lane) })),
  }));
}

function conversationText(conversation: Conversation): string {
  const { acknowledgement, pause } = conversation;
  const next = nextRung(conversation);
  const until = acknowledgedUntil(conversation);
  const head = [
    `### ${conversation.id}: ${stateText(conversation)}`,
    ...conversation.notes.map((note) => `- ${note}`),
    ...(acknowledgement === undefined
      ? []
      : [`- **acknowledged** by ${acknowledgement.by}${until === undefined ? "" : ` until ${time(until)}`}`]),
    ...(pause === undefined ? [] : [`- **paused** by ${pause.by} until ${time(pause.until)}`]),
    ...(next === undefined ? [] : [`- next: ${next.notify.join(", ")} at ${time(next.at)}`]),
  ];
  const members = conversation.members
    .slice(0, MAX_LINES)
    .map(
      (member) =>
        `| ${member.alert} | ${member.severity} | ${member.state} | ${time(member.since)} | ${cell(member.reason)} |`,
    );
  const lanes = conversation.lanes.map((lane) => `| ${lane.notifier} | ${cell(laneText(lane))} |`);
  return [
    ...head,
    "",
    ...(members.length === 0
      ? []
      : [
          "| alert | severity | state | since | last reading |",
          "| --- | --- | --- | --- | --- |",
          ...members,
          "",
        ]),
    ...(lanes.length === 0 ? [] : ["| notifier | told |", "| --- | --- |", ...lanes]),
  ].join("\n");
}

function stateText(conversation: Conversation | undefined): string {
  if (conversation === undefined) return "closed";
  if (conversation.closed) return "closed";
  if (conversation.endedAt !== undefined) return "ended";
  if (conversation.pause !== undefined) return "paused";
  if (conversation.acknowledgement !== undefined && uncovered(conversation).length === 0)
    return "acknowledged";
  return "open";
}

function laneText(lane: Lane): string {
  const heard =
    lane.heard === undefined
      ? "nothing told yet"
      : `${lane.heard.content.kind} n=${lane.heard.n} at ${time(lane.heard.at)}`;
  const draft = lane.draft;
  if (draft !== undefined) {
    return `${heard}; sending ${draft.content.kind} n=${draft.n}, ${draft.tries} tries, next ${time(draft.nextAt)}${draft.ambiguous ? ", may have arrived" : ""}`;
  }
  return lane.refused === undefined ? heard : `${heard}; the last message was refused: see dead letters`;
}

function cell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
