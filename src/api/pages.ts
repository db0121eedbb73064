/** Pages: a cursor is the last thing that was seen, so what comes and goes meanwhile is neither skipped nor shown twice. */

import { z } from "zod";

import { TocsinError } from "../errors.js";

const MAX_LIMIT = 500;

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(100).describe("At most so many"),
  cursor: z.string().max(1_000).optional().describe("`meta.next` of the page before"),
};

export const pageMeta = {
  next: z.string().optional().describe("Cursor of the next page; absent on the last"),
};

function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Throws API-004 on a cursor that was not made here. */
export function decodeCursor<Position extends z.ZodType>(
  cursor: string,
  position: Position,
): z.output<Position> {
  const parsed = position.safeParse(parsedJson(Buffer.from(cursor, "base64url").toString()));
  if (parsed.success) return parsed.data;
  throw new TocsinError("API-004", "querystring: cursor: expected `meta.next` of another page");
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no position either.
    return undefined;
  }
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: string;
}

/** Of rows that were asked for with one more than `limit`: where the next page begins. */
export function nextCursor<Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => readonly (string | number)[],
): string | undefined {
  const last = rows[limit - 1];
  return rows.length <= limit || last === undefined ? undefined : encodeCursor(positionOf(last));
}

/** Cuts one page out of a list that is whole and sorted by its keys. */
export function pageByKey<Row>(
  sorted: readonly Row[],
  keyOf: (row: Row) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Page<Row> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, z.tuple([z.string()]))[0];
  const rest = after === undefined ? sorted : sorted.filter((row) => keyOf(row) > after);
  const rows = rest.slice(0, limit);
  const last = rows.at(-1);
  return last === undefined || rest.length <= limit ? { rows } : { rows, next: encodeCursor([keyOf(last)]) };
}
