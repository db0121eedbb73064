/** The settings an incident speaks under, as its revision has them. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { policyOfService } from "./policy-of-service.js";

type Dependencies = Pick<ControlDependencies, "plans" | "searchAttributes">;

export function openIncidentActivity({
  plans,
  searchAttributes,
}: Dependencies): ControlActivities["openIncident"] {
  return async ({ service, revision }) => {
    const plan = await plans.plan(revision);
    return { policy: policyOfService(plan, service), searchAttributes: searchAttributes() };
  };
}
