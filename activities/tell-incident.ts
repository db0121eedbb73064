/** Monitor to incident: starts the incident when there is something to tell; an empty slice is told only to one that runs. */

import type { ServiceId } from "../src/domain/ids.js";
import { incidentTexts } from "../src/domain/member-texts.js";
import type { MembersMessage } from "../src/domain/members.js";
import type { Plan } from "../src/domain/plan.js";
import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { policyOfService } from "./policy-of-service.js";

type Dependencies = Pick<ControlDependencies, "incidents" | "plans">;

export function tellIncidentActivity({ incidents, plans }: Dependencies): ControlActivities["tellIncident"] {
  return async ({ service, message }) => {
    const speaks = message.list.length > 0;
    const plan = speaks ? await plans.plan(message.revision) : undefined;
    await incidents.tell(service, plan === undefined ? message : withPlan(service, message, plan), speaks);
  };
}

/** The policy goes along, so that an incident that opens can tell somebody at once; the texts, so that whoever opens its page can act. */
export function withPlan(service: ServiceId, message: MembersMessage, plan: Plan): MembersMessage {
  const policy = policyOfService(plan, service);
  return { ...message, policy, texts: incidentTexts(message.list, plan) };
}
