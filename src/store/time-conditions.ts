/**
 * Conditions on the time columns of partitioned tables. They are written so that the planner can rule partitions out by the day, and
 * blocks of a partition by the summaries of (day, ms) or (day, slot): alternatives that each bound both.
 */

import { type RawBuilder, sql, type Transaction } from "kysely";
import { instantOf } from "./instant.js";
import type { RollupStep, TimeRange } from "./store.js";
import type { Tables } from "./tables.js";

/** A timestamp to compare a column with; `at` in epoch milliseconds. */
export function timestamp(at: number): RawBuilder<number> {
  return sql<number>`${new Date(at)}::timestamptz`;
}

/**
 * For the rest of this transaction, blocks are chosen by their time. Left alone, the planner reads the whole partition of a day whose
 * statistics have not been gathered yet.
 */
export async function preferTime(trx: Transaction<Tables>): Promise<void> {
  await sql`set local enable_seqscan = off`.execute(trx);
}

interface Bound {
  readonly day: number;
  /** Milliseconds or slots into the day. */
  readonly part: number;
}

/** Both bounds belong to it. */
function between(alias: string, column: "ms" | "slot", first: Bound, last: Bound): RawBuilder<boolean> {
  const day = sql.ref(`${alias}.day`);
  const part = sql.ref(`${alias}.${column}`);
  if (first.day > last.day) return sql`false`;
  if (first.day === last.day) {
    return sql`(${day} = ${first.day} and ${part} between ${first.part} and ${last.part})`;
  }
  return sql`(${day} between ${first.day} and ${last.day} and (
    (${day} = ${first.day} and ${part} >= ${first.part})
    or (${day} > ${first.day} and ${day} < ${last.day})
    or (${day} = ${last.day} and ${part} <= ${last.part})))`;
}

/** `from <= instant < to` on the columns `day` and `ms` of the table with this alias. */
export function msWithin(alias: string, { from, to }: TimeRange): RawBuilder<boolean> {
  const first = instantOf(Math.ceil(from));
  const last = instantOf(Math.ceil(to) - 1);
  return between(alias, "ms", { day: first.day, part: first.ms }, { day: last.day, part: last.ms });
}

/** `from <= beginning of the bucket < to` on the columns `day` and `slot`. */
export function slotWithin(alias: string, { from, to }: TimeRange, stepMs: RollupStep): RawBuilder<boolean> {
  const first = instantOf(Math.ceil(from / stepMs) * stepMs);
  const last = instantOf((Math.ceil(to / stepMs) - 1) * stepMs);
  return between(
    alias,
    "slot",
    { day: first.day, part: first.ms / stepMs },
    { day: last.day, part: last.ms / stepMs },
  );
}
