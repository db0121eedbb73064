/** The incidents that are open now, asked of their workflows; without a worker, as their search attributes last said. */

import type { IncidentId, ServiceId } from "../domain/ids.js";
import { parseServiceId } from "../domain/ids.js";
import type { Pause } from "../domain/incident-state.js";
import type { Severity } from "../domain/severity.js";
import type { LiveConversation } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import type { RunningIncident } from "../temporal/running.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import { minute, span } from "./output/times.js";
import { pausedText } from "./pauses.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

export interface OpenIncident {
  readonly service: ServiceId;
  /** Absent when no worker answers for it. */
  readonly incident?: IncidentId;
  readonly state: string;
  readonly severity?: Severity;
  readonly alerts?: number;
  readonly openedAt: number;
  readonly acknowledged?: { readonly by: string; readonly until?: number };
  readonly paused?: { readonly by: string; readonly until: number; readonly reason?: string };
  readonly next?: { readonly at: number; readonly notify: readonly string[] };
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
  const { id, openedAt, state, members, more, acknowledgement, pause, next } = conversation;
  return {
    service,
    incident: id,
    state,
    alerts: members.length + more,
    openedAt,
    ...(severity === undefined ? {} : { severity }),
    ...(acknowledgement === undefined
      ? {}
      : {
          acknowledged: {
            by: acknowledgement.by,
            ...(acknowledgement.until === undefined ? {} : { until: acknowledgement.until }),
          },
        }),
    ...(pause === undefined ? {} : { paused: pausedBy(pause) }),
    ...(next === undefined ? {} : { next }),
  };
}

function pausedBy({ by, until, reason }: Pause): NonNullable<OpenIncident["paused"]> {
  return { by, until, ...(reason === undefined ? {} : { reason }) };
}

export function incidentColumns(session: Session): readonly Column<OpenIncident>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
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
    { title: "WHAT NEXT", text: (row) => whatNext(row, now), flexible: true, whole: true },
  ];
}

/** Who has it, or who hears of it next. */
function whatNext({ incident, acknowledged, paused, next }: OpenIncident, now: number): string {
  if (incident === undefined) return "not known";
  if (paused !== undefined) return pausedText(paused, now);
  if (acknowledged !== undefined) {
    const until = acknowledged.until === undefined ? "" : ` until ${minute(acknowledged.until, now)}`;
    return `${acknowledged.by} has it${until}`;
  }
  return next === undefined ? "nobody else is told" : `${next.notify.join(", ")} at ${minute(next.at, now)}`;
}
