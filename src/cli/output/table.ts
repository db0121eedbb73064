/** Aligned columns for people: as wide as their text, one of them cut to what the window leaves. */

import { oneLine } from "../../lib/text.js";
import type { Paint } from "./colors.js";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint;
  readonly align?: "right";
  /** This column is cut when the window is too narrow; at most one has it. */
  readonly flexible?: true;
}

const GAP = "  ";
/** A flexible column keeps this much even where the line then is too long. */
const LEAST_FLEXIBLE = 12;

/**
 * Lines with a heading, each at most `width` columns as long as the columns that must not be cut leave room. Texts from outside are
 * put on one line with control characters shown. No rows: no lines.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const texts = rows.map((row) => columns.map((column) => oneLine(column.text(row))));
  const widest = columns.map((column, index) =>
    Math.max(length(column.title), ...texts.map((cells) => length(cells[index] ?? ""))),
  );
  const widths = fit(columns, widest, width);
  const line = (cells: readonly string[], paint: (index: number) => Paint | undefined): string =>
    cells
      .map((cell, index) => {
        const shown = cut(cell, widths[index] ?? 0);
        const pad = " ".repeat(Math.max(0, (widths[index] ?? 0) - length(shown)));
        const painted = (paint(index) ?? ((text) => text))(shown);
        if (columns[index]?.align === "right") return pad + painted;
        return index === cells.length - 1 ? painted : painted + pad;
      })
      .join(GAP)
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, () => undefined),
    ...rows.map((row, at) => line(texts[at] ?? [], (index) => columns[index]?.paint?.(row))),
  ];
}

function fit<Row>(
  columns: readonly Column<Row>[],
  widest: readonly number[],
  width: number,
): readonly number[] {
  const total = widest.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1));
  const surplus = total - width;
  if (surplus <= 0) return widest;
  return widest.map((each, index) =>
    columns[index]?.flexible === true ? Math.max(Math.min(each, LEAST_FLEXIBLE), each - surplus) : each,
  );
}

function length(text: string): number {
  return Array.from(text).length;
}

function cut(text: string, width: number): string {
  const points = Array.from(text);
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join("")}…`;
}
