/** What happened in one incident, line by line: its log and its deliveries in one order. Pure. */

import type { DeliveryRecord, IncidentEvent } from "../domain/story.js";
import { deliveryLine, eventLine } from "../domain/story-line.js";
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
  const said = events.map((event) => ({
    at: event.at,
    order: event.seq,
    line: {
      at: event.at,
      ...eventLine(event),
      ...(event.by === undefined ? {} : { by: event.by }),
    },
  }));
  const told = deliveries.map((delivery) => ({
    at: delivery.at,
    order: delivery.seq,
    line: { at: delivery.at, ...deliveryLine(delivery) },
  }));
  return [...said, ...told].sort((a, b) => a.at - b.at || a.order - b.order).map(({ line }) => line);
}

export function liveTimeline(entries: readonly LiveTimelineEntry[]): readonly TimelineLine[] {
  return entries.map(({ at, kind, text, by }) => ({ at, kind, text, ...(by === undefined ? {} : { by }) }));
}
