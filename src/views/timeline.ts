/** What happened in one incident, line by line: its log and its deliveries in one order. Pure. */

import type { DeliveryRecord, IncidentEvent } from "../domain/story.js";
import type { LiveTimelineEntry } from "../temporal/live-status.js";

export interface TimelineLine {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
}

/** `deliveries` in any order. Of one time, the log comes first: a step is reached before anybody is told. */
export function storedTimeline(
  events: readonly IncidentEvent[],
  deliveries: readonly DeliveryRecord[],
): readonly TimelineLine[] {
  const said = events.map(({ at, seq, kind, text, by, facts }) => ({
    at,
    order: seq,
    line: {
      at,
      kind,
      text: withNotified(text === kind ? "" : text, facts.notify),
      ...(by === undefined ? {} : { by }),
    },
  }));
  const told = deliveries.map(({ at, seq, ...rest }) => ({
    at,
    order: seq,
    line: { at, kind: rest.result === "accepted" ? "told" : rest.result, text: deliveryText(rest) },
  }));
  return [...said, ...told].sort((a, b) => a.at - b.at || a.order - b.order).map(({ line }) => line);
}

export function liveTimeline(entries: readonly LiveTimelineEntry[]): readonly TimelineLine[] {
  return entries.map(({ at, kind, text, by }) => ({ at, kind, text, ...(by === undefined ? {} : { by }) }));
}

function withNotified(text: string, notify: unknown): string {
  return typeof notify === "string" && notify !== "" ? `${text}: ${notify}` : text;
}

function deliveryText({
  notifier,
  kind,
  n,
  attempt,
  reason,
}: Pick<DeliveryRecord, "notifier" | "kind" | "n" | "attempt" | "reason">): string {
  const tries = attempt > 1 ? `, attempt ${attempt}` : "";
  return `${kind} n=${n} to ${notifier}${tries}${reason === undefined ? "" : `: ${reason}`}`;
}
