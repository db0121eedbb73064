/** The list of incidents: what was stored, and over it what their workflows say now. */

import type { ServiceId } from "../domain/ids.js";
import type { IncidentSummary } from "../store/store.js";
import type { Operations } from "../temporal/operations.js";
import type { IncidentNow } from "./incident-now.js";
import { conversationNow } from "./incident-now.js";
import type { OpenIncident } from "./open-incidents.js";
import { openIncidents } from "./open-incidents.js";

export interface IncidentRow
  extends IncidentNow, Partial<Omit<IncidentSummary, keyof IncidentNow | "incident">> {
  /** Its id; of one that no worker answers for and nobody has stored, its service. */
  readonly incident: IncidentSummary["incident"] | ServiceId;
  readonly service: ServiceId;
  /** Its workflow has said so. */
  readonly live?: true;
}

/** As the store has them. */
export function storedRow(summary: IncidentSummary): IncidentRow {
  const { endedAt, closedAt } = summary;
  return { ...summary, state: closedAt !== undefined ? "closed" : endedAt !== undefined ? "ended" : "open" };
}

/** As they stand: open ones first, also those that the store has not heard of; the order of `stored` otherwise. */
export async function liveRows(
  operations: Operations,
  stored: readonly IncidentSummary[],
): Promise<readonly IncidentRow[]> {
  const open = await openIncidents(operations);
  const rows = await overlaidRows(operations, stored, open);
  const unheard = open.filter((each) => !stored.some((summary) => isSame(each, summary)));
  const all = [...unheard.map(unheardRow), ...rows];
  return [...all.filter(isOpen), ...all.filter((row) => !isOpen(row))];
}

/** Those of `stored` alone, in their order, with what their workflows say of them now. */
export function overlaidRows(
  operations: Operations,
  stored: readonly IncidentSummary[],
  open: readonly OpenIncident[],
): Promise<readonly IncidentRow[]> {
  return Promise.all(stored.map((summary) => liveRow(operations, summary, open)));
}

export function isOpen({ endedAt }: IncidentRow): boolean {
  return endedAt === undefined;
}

async function liveRow(
  operations: Operations,
  summary: IncidentSummary,
  open: readonly OpenIncident[],
): Promise<IncidentRow> {
  const row = storedRow(summary);
  if (!isOpen(row)) return row;
  const found = open.find((each) => isSame(each, summary));
  if (found !== undefined) {
    const { incident, openedAt } = summary;
    return { ...row, ...unheardRow(found), incident, openedAt };
  }
  // Stored as open and open nowhere: it has just ended, or its workflow is gone.
  const asked = await operations.incidentStatus(summary.service);
  if (asked.state === "absent") return { ...row, state: "open, not running" };
  if (asked.state === "no-worker") return { ...row, state: "open, no worker" };
  const conversation = asked.value.conversations.find(({ id }) => id === summary.incident);
  if (conversation === undefined) return row;
  return { ...row, ...conversationNow(conversation, summary.severity), live: true };
}

function unheardRow({ incident, alerts: _, ...now }: OpenIncident): IncidentRow {
  return { ...now, incident: incident ?? now.service, ...(incident === undefined ? {} : { live: true }) };
}

/** Without a worker only the service is known; it has one open incident at most. */
function isSame({ incident, service }: OpenIncident, summary: IncidentSummary): boolean {
  return incident === undefined
    ? service === summary.service && summary.endedAt === undefined
    : incident === summary.incident;
}
