/** Open incidents as a table: who has each, or who hears of it next. */

import type { OpenIncident } from "../views/open-incidents.js";
import { whatNext } from "../views/incident-now.js";
import { span } from "../views/times.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

export function incidentColumns(session: Session): readonly Column<OpenIncident>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const nextOf = (row: OpenIncident): string =>
    row.incident === undefined ? "not known" : whatNext(row, now);
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
    { title: "WHAT NEXT", text: nextOf, flexible: true, whole: true },
  ];
}
