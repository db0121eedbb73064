/** The incidents that are open now, asked of their workflows; without a worker, as their search attributes last said. */

import type { IncidentId, ServiceId } from "../domain/ids.js";
import { parseServiceId } from "../domain/ids.js";
import type { Severity } from "../domain/severity.js";
import type { LiveConversation } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import type { RunningIncident } from "../temporal/running.js";
import type { IncidentNow } from "./incident-now.js";
import { conversationNow, whatNext } from "./incident-now.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import { span } from "./output/times.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

export interface OpenIncident extends Omit<IncidentNow, "endedAt"> {
  readonly service: ServiceId;
  /** Absent when no worker answers for it. */
  readonly incident?: IncidentId;
  readonly alerts?: number;
}

/** Of one system, or of all; an incident that only tells its ends is not open. */
export async function openIncidents(
  operations: Operations,
  system?: string,
): Promise<readonly OpenIncident[]> {
  const running = await operations.listIncidents();
  const found = await Promise.all(
    running
      .filter(({ service }) => system === undefined || parseServiceId(service).system === system)
      .map((each) => openIncident(operations, each)),
  );
  return found.flat();
}

async function openIncident(
  operations: Operations,
  running: RunningIncident,
): Promise<readonly OpenIncident[]> {
  const asked = await operations.incidentStatus(running.service);
  switch (asked.state) {
    case "absent":
      return [];
    case "no-worker": {
      const { service, startedAt, state } = running;
      if (state === "ended" || state === "closed") return [];
      return [{ service, openedAt: startedAt, state: `${state ?? "open"}, no worker` }];
    }
    case "answered": {
      const last = asked.value.conversations.at(-1);
      return last === undefined || last.closed || last.endedAt !== undefined
        ? []
        : [live(running.service, last, asked.value.severity)];
    }
  }
}

function live(
  service: ServiceId,
  conversation: LiveConversation,
  severity: Severity | undefined,
): OpenIncident {
  const { id, members, more } = conversation;
  return {
    service,
    incident: id,
    alerts: members.length + more,
    ...conversationNow(conversation, severity),
  };
}

export function incidentColumns(session: Session): readonly Column<OpenIncident>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const nextOf = (row: OpenIncident): string =>
    row.incident === undefined ? "not known" : whatNext(row, now);
  return [
    { title: "INCIDENT", text: ({ service }) => service },
    {
      title: "SEVERITY",
      text: ({ severity }) => severity ?? "?",
      paint: ({ severity }) => severityPaint(severity, colors),
    },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    { title: "ALERTS", text: ({ alerts }) => (alerts === undefined ? "?" : String(alerts)), align: "right" },
    { title: "OPEN FOR", text: ({ openedAt }) => span(now - openedAt) },
    { title: "WHAT NEXT", text: nextOf, flexible: true, whole: true },
  ];
}
