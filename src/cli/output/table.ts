/** Aligned columns for people: as wide as their text, one of them cut to what the window leaves. */

import { oneLine, wrap } from "../../lib/text.js";
import type { Paint } from "./colors.js";
import { plain } from "./colors.js";

export interface Column<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint;
  readonly align?: "right";
  /** When the window is too narrow this column is cut, or stands below its row; at most one has it. */
  readonly flexible?: true;
  /** A flexible column that stands below its row rather than being cut: its end is what people look for. */
  readonly whole?: true;
}

const GAP = "  ";
/** A flexible column that would be left with less than this stands below its row instead. */
const LEAST_FLEXIBLE = 24;

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
  const flexible = columns.find((column) => column.flexible === true);
  const others = columns.filter((column) => column !== flexible);
  const room = width - GAP.length - widthOf(others, rows);
  if (flexible === undefined || Math.max(...rows.map((row) => length(cell(flexible, row)))) <= room) {
    return aligned(columns, rows, width);
  }
  if (room >= LEAST_FLEXIBLE && flexible.whole !== true) return aligned(columns, rows, room);
  const [heading = "", ...lines] = aligned(others, rows, width);
  return [
    heading,
    ...lines.flatMap((line, index) => {
      const row = rows[index];
      const text = row === undefined ? "" : cell(flexible, row);
      const place = width - GAP.length;
      const below = flexible.whole === true ? wrap(text, place) : [cut(text, place)];
      return text === "" ? [line] : [line, ...below.map((part) => GAP + part)];
    }),
  ];
}

/** `room`: what a flexible column may take. */
function aligned<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  room: number,
): readonly string[] {
  const widths = columns.map((column) => {
    const widest = widthOf([column], rows);
    return column.flexible === true ? Math.min(widest, room) : widest;
  });
  const line = (cells: readonly string[], row: Row | undefined): string =>
    cells
      .map((text, index) => {
        const column = columns[index];
        const shown = cut(text, widths[index] ?? 0);
        const pad = " ".repeat(Math.max(0, (widths[index] ?? 0) - length(shown)));
        const painted = row === undefined ? shown : (column?.paint?.(row) ?? plain)(shown);
        if (column?.align === "right") return pad + painted;
        return index === cells.length - 1 ? painted : painted + pad;
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      undefined,
    ),
    ...rows.map((row) =>
      line(
        columns.map((column) => cell(column, row)),
        row,
      ),
    ),
  ];
}

/** Of these columns side by side, as wide as their texts. */
function widthOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number {
  const each = columns.map((column) =>
    Math.max(length(column.title), ...rows.map((row) => length(cell(column, row)))),
  );
  return each.reduce((sum, one) => sum + one, GAP.length * Math.max(0, columns.length - 1));
}

function cell<Row>(column: Column<Row>, row: Row): string {
  return oneLine(column.text(row));
}

function length(text: string): number {
  return Array.from(text).length;
}

function cut(text: string, width: number): string {
  const points = Array.from(text);
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join("")}…`;
}
