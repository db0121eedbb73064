/** Everything known of one incident, as the explanation of it needs it. */

import type { IncidentId } from "../../domain/ids.js";
import type { LadderSeverity } from "../../domain/ladder.js";
import type { PolicyPlan } from "../../domain/plan.js";
import type { DeliveryRecord, IncidentEvent } from "../../domain/story.js";
import type { LiveConversation } from "../../temporal/live-status.js";

export interface WhyIncident {
  readonly incident: IncidentId;
  /** Oldest first. */
  readonly events: readonly Pick<IncidentEvent, "at" | "kind" | "text" | "by" | "facts">[];
  readonly deliveries: readonly DeliveryRecord[];
  /** Of its members, ever. */
  readonly severities: readonly LadderSeverity[];
  /** The policy it speaks under; absent when its revision is not known here. */
  readonly policy?: PolicyPlan;
  /** Absent when it does not run, or nobody answers for it. */
  readonly live?: LiveConversation;
}

/** Whether this episode of this alert was a member of it. */
export function hadMember({ events, live }: WhyIncident, alert: string, episode: number): boolean {
  const named = events.some(
    ({ kind, facts }) => kind === "member" && facts.alert === alert && facts.episode === episode,
  );
  return (
    named || (live?.members.some((member) => member.alert === alert && member.episode === episode) ?? false)
  );
}
