/** Why a notifier of the policy has heard nothing of an incident. Pure. */

import type { PolicyPlan } from "../../domain/plan.js";
import type { LadderSeverity } from "../../domain/ladder.js";
import { clock, span } from "../times.js";
import type { WhyIncident } from "./why-incident.js";

/** What follows the notifier's name: "was not told: …", without a full stop. */
export function whyUntold(notifier: string, incident: WhyIncident, now: number): string {
  const place = placeOf(notifier, incident);
  const reached = incident.events.findLast(({ facts }) => namesNotifier(facts.notify, notifier));
  if (reached !== undefined) {
    return `was reached by a step at ${clock(reached.at, now)}, and no attempt is known of yet`;
  }
  const reason = liveReason(notifier, place, incident, now);
  if (reason !== undefined) return `has not been told: ${reason}`;
  if (!isOver(incident)) return `had not been told when this was stored: ${place} had not come`;
  return `was not told: ${pastReason(place, incident, now)}`;
}

/** Every notifier the policy names for the severities of the incident, in the order in which steps reach them. */
export function policyNotifiers({ policy, severities }: WhyIncident): readonly string[] {
  if (policy === undefined) return [];
  const steps = severities.flatMap((severity) => policy[severity].flatMap(({ notify }) => notify));
  const fallback = severities.includes("critical") ? policy.fallback : [];
  return [...new Set([...steps, ...fallback])];
}

function liveReason(notifier: string, place: string, { live }: WhyIncident, now: number): string | undefined {
  if (live === undefined || live.closed || live.endedAt !== undefined) return undefined;
  const { pause, acknowledgement, next } = live;
  if (pause !== undefined) return `${pause.by} has paused the incident until ${clock(pause.until, now)}`;
  if (acknowledgement !== undefined && live.state === "acknowledged") {
    const until = acknowledgement.until === undefined ? "" : ` (until ${clock(acknowledgement.until, now)})`;
    return `${acknowledgement.by} has had it since ${clock(acknowledgement.at, now)}${until}, so ${place} has not come`;
  }
  const [first] = live.members;
  if (first?.paused !== undefined && live.members.every(({ paused }) => paused !== undefined)) {
    return `${first.paused.by} has paused what fires until ${clock(first.paused.until, now)}, so ${place} has not come`;
  }
  if (next?.notify.includes(notifier) === true) {
    const when = `${clock(next.at, now)} (in ${span(next.at - now)})`;
    return `${place} comes at ${when} unless acknowledged or over by then`;
  }
  return `${place} has not come yet`;
}

function pastReason(place: string, { events }: WhyIncident, now: number): string {
  const ended = events.findLast(({ kind }) => kind === "ended" || kind === "closed");
  const acknowledged = events.findLast(({ kind }) => kind === "acknowledged" || kind === "unacknowledged");
  if (acknowledged?.kind === "acknowledged") {
    return `${acknowledged.by ?? "somebody"} acknowledged at ${clock(acknowledged.at, now)}, before ${place}`;
  }
  return ended === undefined
    ? `${place} was not reached`
    : `it was over at ${clock(ended.at, now)}, before ${place}`;
}

function isOver({ events, live }: WhyIncident): boolean {
  const last = events.findLast(({ kind }) => ["opened", "reopened", "ended", "closed"].includes(kind));
  return live?.endedAt !== undefined || last?.kind === "ended" || last?.kind === "closed";
}

/** Where in the policy a notifier stands, as the subject of a sentence. */
function placeOf(notifier: string, { policy, severities }: WhyIncident): string {
  if (policy === undefined) return "its step";
  for (const severity of severities) {
    const index = policy[severity].findIndex(({ notify }) => notify.includes(notifier));
    if (index >= 0) return stepText(policy, severity, index);
  }
  if (policy.fallback.includes(notifier))
    return `the fallback (after ${policy.loops} times through the steps)`;
  return "a step for it";
}

function stepText(policy: PolicyPlan, severity: LadderSeverity, index: number): string {
  const afterMs = policy[severity][index]?.afterMs ?? 0;
  const wait = index === 0 ? policy.groupWaitMs[severity] + afterMs : afterMs;
  const after = index === 0 ? "the opening" : "the one before";
  const when = wait === 0 ? "" : ` (${span(wait)} after ${after})`;
  return `step ${index + 1} for ${severity}${when}`;
}

/** An event's facts name notifiers as one text: `screen, pager`. */
function namesNotifier(notify: unknown, notifier: string): boolean {
  return typeof notify === "string" && notify.split(", ").includes(notifier);
}
