/** Which incident a person means, and what they hear when there is none. */

import type { IncidentId, ServiceId } from "../domain/ids.js";
import { TocsinError } from "../errors.js";
import { serviceTarget } from "./target.js";

export interface MeantIncident {
  readonly service: ServiceId;
  /** Absent: its newest. */
  readonly incident?: IncidentId;
}

/** `<system>/<service>`, or an incident's id. Throws CLI-001. */
export function namedIncident(which: string): MeantIncident {
  const at = which.indexOf("@");
  if (at < 0) return { service: serviceTarget(which) };
  return { service: serviceTarget(which.slice(0, at)), incident: which as IncidentId };
}

/** CLI-003: neither the store nor a workflow knows of it. */
export function unknownIncident({ service, incident }: MeantIncident): TocsinError {
  return new TocsinError("CLI-003", `no incident of ${incident ?? service} is known`);
}
