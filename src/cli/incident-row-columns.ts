/** The list of incidents as a table. */

import { whatNext } from "../views/incident-now.js";
import type { IncidentRow } from "../views/incident-rows.js";
import { isOpen } from "../views/incident-rows.js";
import { span } from "../views/times.js";
import { severityPaint, statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

/** Nobody looks for what comes next where nothing is open. */
export function incidentRowColumns(
  session: Session,
  rows: readonly IncidentRow[],
): readonly Column<IncidentRow>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  return [
    { title: "INCIDENT", text: ({ incident }) => incident },
    {
      title: "SEVERITY",
      text: ({ severity }) => severity ?? "?",
      paint: ({ severity }) => severityPaint(severity, colors),
    },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    { title: "LASTED", text: ({ openedAt, endedAt }) => span((endedAt ?? now) - openedAt) },
    ...(rows.some((row) => nextOf(row, now) !== "")
      ? [
          {
            title: "WHAT NEXT",
            text: (row: IncidentRow) => nextOf(row, now),
            flexible: true as const,
            whole: true as const,
          },
        ]
      : []),
  ];
}

/** Of those whose workflow has said it. */
function nextOf(row: IncidentRow, now: number): string {
  return row.live === true && isOpen(row) ? whatNext(row, now) : "";
}
