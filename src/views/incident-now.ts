/** One incident as it stands: its state, who has it, what comes next; in a sentence, or in the few words of a table. Pure. */

import type { Severity } from "../domain/severity.js";
import { highestSeverity, SEVERITIES } from "../domain/severity.js";
import type { IncidentEvent } from "../domain/story.js";
import type { LiveConversation } from "../temporal/live-status.js";
import { clock, minute, span } from "./times.js";
import { pausedText } from "./pauses.js";

export interface IncidentNow {
  /** `open, acknowledged, paused, ended, closed` */
  readonly state: string;
  readonly severity?: Severity;
  readonly openedAt: number;
  readonly endedAt?: number;
  readonly acknowledged?: { readonly by: string; readonly until?: number };
  readonly paused?: { readonly by: string; readonly until: number; readonly reason?: string };
  readonly next?: { readonly at: number; readonly notify: readonly string[] };
}

/** As its workflow says. */
export function conversationNow(
  { state, openedAt, endedAt, acknowledgement, pause, next }: LiveConversation,
  severity: Severity | undefined,
): IncidentNow {
  return {
    state,
    openedAt,
    ...(severity === undefined ? {} : { severity }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(acknowledgement === undefined ? {} : { acknowledged: held(acknowledgement) }),
    ...(pause === undefined ? {} : { paused: { ...held(pause), until: pause.until } }),
    ...(next === undefined ? {} : { next }),
  };
}

/** As its log says, oldest first; undefined when nothing is written in it. */
export function loggedNow(events: readonly IncidentEvent[]): IncidentNow | undefined {
  const last = (...kinds: readonly string[]): IncidentEvent | undefined =>
    events.findLast(({ kind }) => kinds.includes(kind));
  const [first] = events;
  if (first === undefined) return undefined;
  const life = last("opened", "reopened", "ended", "closed");
  const holder = last("acknowledged", "unacknowledged");
  const severity = highestSeverity(
    events.flatMap(({ facts }) => SEVERITIES.filter((each) => each === facts.severity)),
  );
  const isOver = life?.kind === "ended" || life?.kind === "closed";
  const isHeld = !isOver && holder?.kind === "acknowledged";
  const pause = last("paused", "resumed");
  const paused = isOver || pause === undefined ? undefined : loggedPause(pause);
  const open = paused !== undefined ? "paused" : isHeld ? "acknowledged" : "open";
  return {
    state: isOver ? life.kind : open,
    openedAt: first.at,
    ...(severity === undefined ? {} : { severity }),
    ...(isOver ? { endedAt: (last("ended") ?? life).at } : {}),
    ...(isHeld ? { acknowledged: { by: holder.by ?? "somebody", ...untilOf(holder) } } : {}),
    ...(paused === undefined ? {} : { paused }),
  };
}

function loggedPause({ kind, by = "somebody", text, facts }: IncidentEvent): IncidentNow["paused"] {
  if (kind !== "paused" || typeof facts.until !== "number") return undefined;
  // A pause without a reason is noted as what it is.
  return { by, until: facts.until, ...(text === "paused" ? {} : { reason: text }) };
}

/** `open (critical) for 55s: nobody has it; next: lead at 00:08:04 (in 4m 5s).` `live`: its workflow has said so. */
export function headline(incident: IncidentNow, live: boolean, now: number): string {
  const { state, severity, openedAt, endedAt, paused, acknowledged } = incident;
  const what = severity === undefined ? state : `${state} (${severity})`;
  const lasted = span((endedAt ?? now) - openedAt);
  if (state === "closed")
    return `${what}: it lasted ${lasted}, and everybody who was told has heard its end.`;
  if (endedAt !== undefined) return `${what} after ${lasted}: its end is being told.`;
  const open = state === "open" ? `${what} for ${lasted}` : `${what}, open for ${lasted}`;
  if (paused !== undefined) {
    const why = paused.reason === undefined ? "" : ` (${paused.reason})`;
    return `${open}: ${paused.by} has paused it until ${clock(paused.until, now)}${why}; its end is told all the same.`;
  }
  if (acknowledged === undefined) return `${open}: nobody has it; ${nextText(incident, live, now)}.`;
  const until = acknowledged.until === undefined ? "" : ` until ${clock(acknowledged.until, now)}`;
  // An acknowledgement of some alerts leaves the others to page.
  return state === "acknowledged"
    ? `${open}: ${acknowledged.by} has it${until}${until === "" ? "" : "; then it pages again"}.`
    : `${open}: ${acknowledged.by} has a part of it${until}; ${nextText(incident, live, now)}.`;
}

function nextText({ next }: IncidentNow, live: boolean, now: number): string {
  if (!live) return "what comes next is not known";
  if (next === undefined) return "nobody else is told";
  return `next: ${next.notify.join(", ")} at ${clock(next.at, now)} (in ${span(next.at - now)})`;
}

/** Who has it, or who hears of it next. */
export function whatNext({ acknowledged, paused, next }: IncidentNow, now: number): string {
  if (paused !== undefined) return pausedText(paused, now);
  if (acknowledged !== undefined) {
    const until = acknowledged.until === undefined ? "" : ` until ${minute(acknowledged.until, now)}`;
    return `${acknowledged.by} has it${until}`;
  }
  return next === undefined ? "nobody else is told" : `${next.notify.join(", ")} at ${minute(next.at, now)}`;
}

interface Hold {
  readonly by: string;
  readonly until?: number;
  readonly reason?: string;
}

function held({ by, until, reason }: Hold): Hold {
  return {
    by,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function untilOf({ facts: { until } }: IncidentEvent): { readonly until?: number } {
  return typeof until === "number" ? { until } : {};
}
