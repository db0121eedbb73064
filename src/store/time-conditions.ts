/** Conditions on the time columns of partitioned tables. The day alone always comes first: only it rules partitions out. */

import { type RawBuilder, sql } from "kysely";
import { instantOf } from "./instant.js";
import type { RollupStep, TimeRange } from "./store.js";

/** A timestamp to compare a column with; `at` in epoch milliseconds. */
export function timestamp(at: number): RawBuilder<number> {
  return sql<number>`${new Date(at)}::timestamptz`;
}

/** `from <= instant < to` on the columns `day` and `ms` of the table with this alias. */
export function msWithin(alias: string, { from, to }: TimeRange): RawBuilder<boolean> {
  const a = instantOf(from);
  const b = instantOf(to);
  const day = sql.ref(`${alias}.day`);
  const ms = sql.ref(`${alias}.ms`);
  return sql`(${day} between ${a.day} and ${b.day}
    and (${day} > ${a.day} or ${ms} >= ${a.ms}) and (${day} < ${b.day} or ${ms} < ${b.ms}))`;
}

/** `from <= beginning of the bucket < to` on the columns `day` and `slot`. */
export function slotWithin(alias: string, { from, to }: TimeRange, stepMs: RollupStep): RawBuilder<boolean> {
  const a = instantOf(from);
  const b = instantOf(to);
  const day = sql.ref(`${alias}.day`);
  const slot = sql.ref(`${alias}.slot`);
  const first = Math.ceil(a.ms / stepMs);
  const end = Math.ceil(b.ms / stepMs);
  return sql`(${day} between ${a.day} and ${b.day}
    and (${day} > ${a.day} or ${slot} >= ${first}) and (${day} < ${b.day} or ${slot} < ${end}))`;
}
