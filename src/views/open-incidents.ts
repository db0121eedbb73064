/** The incidents that are open now, asked of their workflows; without a worker, as their search attributes last said. */

import type { IncidentId, ServiceId } from "../domain/ids.js";
import { parseServiceId } from "../domain/ids.js";
import type { Severity } from "../domain/severity.js";
import type { LiveConversation } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import type { RunningIncident } from "../temporal/running.js";
import type { IncidentNow } from "./incident-now.js";
import { conversationNow } from "./incident-now.js";

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
