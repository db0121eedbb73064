/** What happened in one incident, line by line: its log and its deliveries in one order. Pure. */

import type { DeliveryRecord, IncidentEvent } from "../domain/story.js";
import { deliveryLine, eventLine } from "../domain/story-line.js";
import { wrap } from "../lib/text.js";
import { oneLine } from "../lib/text.js";
import type { LiveTimelineEntry } from "../temporal/live-status.js";
import type { Palette } from "./output/colors.js";
import { clock } from "./output/times.js";

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

/** Aligned, wrapped to `width`; times are of the day of `now` or say their day. */
export function timelineLines(
  lines: readonly TimelineLine[],
  now: number,
  width: number,
  colors: Palette,
): readonly string[] {
  const times = lines.map(({ at }) => clock(at, now));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const kindWidth = Math.max(0, ...lines.map(({ kind }) => kind.length));
  const indent = timeWidth + kindWidth + 6;
  return lines.flatMap(({ kind, text, by }, index) => {
    const said = wrap(oneLine(by === undefined ? text : `${text} (${by})`), Math.max(20, width - indent));
    const head = `  ${(times[index] ?? "").padEnd(timeWidth)}  ${colors.bold(kind)}${" ".repeat(kindWidth - kind.length)}  `;
    return said.map((part, at) => (at === 0 ? head + part : " ".repeat(indent) + part).trimEnd());
  });
}
