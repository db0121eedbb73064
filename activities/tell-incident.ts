/** Monitor to incident: starts the incident when there is something to tell; an empty slice is told only to one that runs. */

import type { ServiceId } from "../src/domain/ids.js";
import { incidentTexts } from "../src/domain/member-texts.js";
import type { MembersMessage } from "../src/domain/members.js";
import type { Plan } from "../src/domain/plan.js";
import type { ControlActivities } from "../workflows/activity-contract.js";
import type { ControlDependencies } from "./dependencies.js";
import { policyOfService } from "./policy-of-service.js";
import { incidentMemo } from "../src/domain/incident-memo.js";

type Dependencies = Pick<ControlDependencies, "incidents" | "plans">;

export function tellIncidentActivity({ incidents, plans }: Dependencies): ControlActivities["tellIncident"] {
  return async ({ service, message }) => {
    if (message.list.length === 0) return incidents.tell(service, message, undefined);
    const plan = await plans.plan(message.revision);
    await incidents.tell(
      service,
      withPlan(service, message, plan),
      incidentMemo(plan, service, message.list),
    );
  };
}

/** The policy goes along, so that an incident that opens can tell somebody at once; the texts, so that whoever opens its page can act. */
export function withPlan(service: ServiceId, message: MembersMessage, plan: Plan): MembersMessage {
  const policy = policyOfService(plan, service);
  return { ...message, policy, texts: incidentTexts(message.list, plan) };
}
