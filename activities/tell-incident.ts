/** Monitor to incident: starts the incident when there is something to tell; an empty slice is told only to one that runs. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { policyOfService } from "./policy-of-service.js";

type Dependencies = Pick<ControlDependencies, "incidents" | "plans">;

export function tellIncidentActivity({ incidents, plans }: Dependencies): ControlActivities["tellIncident"] {
  return async ({ service, message }) => {
    const speaks = message.list.length > 0;
    // The policy goes along, so that an incident that opens can tell somebody at once.
    const policy = speaks ? policyOfService(await plans.plan(message.revision), service) : undefined;
    await incidents.tell(service, policy === undefined ? message : { ...message, policy }, speaks);
  };
}
