/** Open incidents as a table: who has each, or who hears of it next. */

import type { OpenIncident } from "../views/open-incidents.js";
import { minute, span } from "../views/times.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

export function incidentColumns(session: Session): readonly Column<OpenIncident>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  return [
    { title: "INCIDENT", text: ({ service }) => service },
    {
      title: "SEVERITY",
      text: ({ severity }) => severity ?? "?",
      paint: ({ severity }) => severityPaint(severity, colors),
    },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    { title: "ALERTS", text: ({ alerts }) => (alerts === undefined ? "?" : String(alerts)), align: "right" },
    { title: "OPEN FOR", text: ({ openedAt }) => span(now - openedAt) },
    { title: "WHAT NEXT", text: (row) => whatNext(row, now), flexible: true },
  ];
}

/** Who has it, or who hears of it next. */
function whatNext({ incident, acknowledged, paused, next }: OpenIncident, now: number): string {
  if (incident === undefined) return "not known";
  if (paused !== undefined) return `paused by ${paused.by} until ${minute(paused.until, now)}`;
  if (acknowledged !== undefined) {
    const until = acknowledged.until === undefined ? "" : ` until ${minute(acknowledged.until, now)}`;
    return `${acknowledged.by} has it${until}`;
  }
  return next === undefined ? "nobody else is told" : `${next.notify.join(", ")} at ${minute(next.at, now)}`;
}
