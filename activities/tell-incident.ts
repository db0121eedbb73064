/** Monitor to incident: starts the incident when there is something to tell; an empty slice is told only to one that runs. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { policyOfService } from "./policy-of-service.js";
import { incidentMemo } from "../src/domain/incident-memo.js";

type Dependencies = Pick<ControlDependencies, "incidents" | "plans">;

export function tellIncidentActivity({ incidents, plans }: Dependencies): ControlActivities["tellIncident"] {
  return async ({ service, message }) => {
    if (message.list.length === 0) return incidents.tell(service, message, undefined);
    const plan = await plans.plan(message.revision);
    // The policy goes along, so that an incident that opens can tell somebody at once.
    const policy = policyOfService(plan, service);
    await incidents.tell(service, { ...message, policy }, incidentMemo(plan, service, message.list));
  };
}
