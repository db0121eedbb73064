/** Everything known of one incident, as the explanation of it needs it. */

import type { IncidentId } from "../../domain/ids.js";
import type { LadderSeverity } from "../../domain/ladder.js";
import type { PolicyPlan } from "../../domain/plan.js";
import type { DeliveryRecord, IncidentEvent } from "../../domain/story.js";
import type { LiveConversation } from "../../temporal/live-status.js";
import type { WhyTarget } from "../target.js";
import { isMeant } from "./meant.js";

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

/** Nobody is owed anything any more. */
export function isClosed({ events, live }: WhyIncident): boolean {
  if (live !== undefined) return live.closed;
  const last = events.findLast(({ kind }) => ["opened", "reopened", "closed"].includes(kind));
  return last?.kind === "closed";
}

/** Whether anything of it happened since `from`, or still may. */
export function reaches(incident: WhyIncident, from: number): boolean {
  if (!isClosed(incident)) return true;
  const { events, deliveries } = incident;
  return [...events, ...deliveries].some(({ at }) => at >= from);
}

/** Whether an alert that is asked about was ever in it. A service is asked about with all that ever was. */
export function concerns({ events, live }: WhyIncident, target: WhyTarget): boolean {
  if (target.kind === "service") return true;
  const named = events.flatMap(({ facts }) => (typeof facts.alert === "string" ? [facts.alert] : []));
  const lived = [...(live?.members ?? []), ...(live?.ended ?? [])].map(({ alert }) => alert);
  return [...named, ...lived].some((alert) => isMeant(alert, target));
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
