/** Monitor to incident: starts the incident when there is something to tell; an empty slice is told only to one that runs. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";

export function tellIncidentActivity({
  incidents,
}: Pick<ControlDependencies, "incidents">): ControlActivities["tellIncident"] {
  return ({ service, message }) => incidents.tell(service, message, message.list.length > 0);
}
