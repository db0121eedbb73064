/** What an incident shows of itself: its search attributes, and the answers to queries. Its live details are in `incident-details.ts`. */

import { acknowledgedUntil, nextRung, severityOf, uncovered } from "../src/domain/conversation.js";
import { parseServiceId } from "../src/domain/ids.js";
import { liveConversation } from "../src/domain/incident-machine.js";
import type { Conversation } from "../src/domain/incident-state.js";
import type { IncidentRun } from "./incident-run.js";
import { laneText } from "./lane-text.js";
import { firstHeard } from "./reader-notes.js";
import type { Shown } from "./search-attributes.js";

export function incidentShown(run: IncidentRun): Shown {
  const { system, service } = parseServiceId(run.input.service);
  const live = liveConversation(run.state, Date.now());
  const severity = live === undefined ? undefined : severityOf(live.members);
  return {
    system,
    service,
    state: live === undefined ? "closed" : stateOf(live),
    openAlerts: live === undefined ? 0 : live.members.length + live.more,
    ...(severity === undefined ? {} : { severity }),
  };
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
      state: stateOf(conversation),
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
    state: stateOf(conversation),
    next: nextRung(conversation),
    lanes: conversation.lanes.map((lane) => ({
      notifier: lane.notifier,
      text: laneText(lane, firstHeard(run.readerNotes, conversation.id, lane.notifier), Date.now()),
    })),
  }));
}

export function stateOf(conversation: Conversation): "open" | "acknowledged" | "paused" | "ended" | "closed" {
  if (conversation.closed) return "closed";
  if (conversation.endedAt !== undefined) return "ended";
  if (conversation.pause !== undefined) return "paused";
  if (conversation.acknowledgement !== undefined && uncovered(conversation).length === 0)
    return "acknowledged";
  return "open";
}
