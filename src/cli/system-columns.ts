/** Monitors as a table: one line for each. */

import type { SystemRow } from "../views/system-rows.js";
import { span } from "../views/times.js";
import { statePaint } from "./output/colors.js";
import type { Column } from "./output/table.js";
import type { Session } from "./session.js";
import { colorsOf } from "./session.js";

export function systemColumns(session: Session): readonly Column<SystemRow>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const count = (title: string, of: (row: SystemRow) => number): Column<SystemRow> => ({
    title,
    text: (row) => (row.checks === 0 ? "-" : String(of(row))),
    align: "right",
  });
  return [
    { title: "SYSTEM", text: ({ monitor }) => monitor },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    count("FIRING", ({ firing }) => firing),
    count("PENDING", ({ pending }) => pending),
    count("UNKNOWN", ({ unknown }) => unknown),
    count("PAUSED", ({ paused }) => paused),
    count("CHECKS", ({ checks }) => checks),
    {
      title: "SWEPT",
      text: ({ sweptAt, checks }) =>
        sweptAt === undefined ? (checks === 0 ? "-" : "not yet") : `${span(now - sweptAt)} ago`,
    },
  ];
}
