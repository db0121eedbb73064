/** The settings an incident speaks under, as its revision has them. */

import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { findService, policyOfService } from "./policy-of-service.js";

type Dependencies = Pick<ControlDependencies, "plans" | "searchAttributes">;

export function openIncidentActivity({
  plans,
  searchAttributes,
}: Dependencies): ControlActivities["openIncident"] {
  return async ({ service, revision }) => {
    const plan = await plans.plan(revision);
    const planned = findService(plan, service);
    const runbooks =
      planned?.checks.flatMap((check) => check.rules.flatMap((rule) => rule.runbook ?? [])) ?? [];
    return {
      policy: policyOfService(plan, service),
      runbooks: [...new Set(runbooks)].slice(0, 10),
      searchAttributes: searchAttributes(),
      ...(planned?.owner === undefined ? {} : { owner: planned.owner }),
    };
  };
}
