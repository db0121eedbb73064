/** Rolls readings up into five minutes and hours: each bucket once when it is complete, again when a reading came late. */

import { type Kysely, sql, type Transaction } from "kysely";
import type { RetentionPlan } from "../domain/plan.js";
import { DAY_MS, FIVE_MINUTES_MS, floorTo, HOUR_MS, instantOf } from "./instant.js";
import { firstMark, readMark, type RollupName, writeMark } from "./rollup-marks.js";
import { fromFiveMinutes, fromReadings, ROLLUP_COLUMNS } from "./rollup-sums.js";
import type { RollupStep, TimeRange } from "./store.js";
import type { Tables } from "./tables.js";
import { preferTime, slotWithin } from "./time-conditions.js";

/** Readings of a bucket are all there this long after its end, or noted as late by the writer, who is stricter. */
const SETTLED_AFTER_MS = 60_000;
/** Whoever holds it rolls up; a second one waits and then finds everything done. */
const ROLL_UP_LOCK = 7_061_003;

const ALL = sql<boolean>`true`;

function tableOf(rollup: RollupName) {
  return sql.id("tocsin", `rollups_${rollup}`);
}

/** Adds the buckets of a range that lies within one day; answers how many. */
async function add(trx: Transaction<Tables>, rollup: RollupName, range: TimeRange): Promise<number> {
  const rows =
    rollup === "5m" ? fromReadings(range, FIVE_MINUTES_MS, ALL) : fromFiveMinutes(range, HOUR_MS, ALL);
  const columns = sql`insert into ${tableOf(rollup)} (${ROLLUP_COLUMNS})`;
  // In order of time, then series: a range of a table is a range of its file.
  const done = await sql`${columns} select * from (${rows}) b order by slot, series`.execute(trx);
  return Number(done.numAffectedRows ?? 0n);
}

/** Days have partitions of their own, so a long range goes day by day. */
async function addAll(trx: Transaction<Tables>, rollup: RollupName, range: TimeRange): Promise<number> {
  let added = 0;
  for (let from = range.from; from < range.to; from = floorTo(from, DAY_MS) + DAY_MS) {
    added += await add(trx, rollup, { from, to: Math.min(floorTo(from, DAY_MS) + DAY_MS, range.to) });
  }
  return added;
}

async function advance(
  trx: Transaction<Tables>,
  rollup: RollupName,
  { from: notBefore, to }: TimeRange,
): Promise<number> {
  const from = (await readMark(trx, rollup)) ?? (await firstMark(trx, notBefore, floorTo(to, HOUR_MS)));
  if (from >= to) return 0;
  if (rollup === "5m") await forgetLate(trx, { from, to });
  const added = await addAll(trx, rollup, { from, to });
  await writeMark(trx, rollup, to);
  return added;
}

/** What came late for buckets that are only now rolled up is no special case: a note that can be seen has readings that can be seen. */
async function forgetLate(trx: Transaction<Tables>, range: TimeRange): Promise<void> {
  await sql`delete from tocsin.late_buckets l where ${slotWithin("l", range, FIVE_MINUTES_MS)}`.execute(trx);
}

interface Bucket {
  readonly day: number;
  readonly slot: number;
}

/** Deletes the bucket and adds it again, provided that it was rolled up before. */
async function redo(
  trx: Transaction<Tables>,
  rollup: RollupName,
  stepMs: RollupStep,
  { day, slot }: Bucket,
): Promise<number> {
  const from = day * DAY_MS + slot * stepMs;
  if (from + stepMs > ((await readMark(trx, rollup)) ?? 0)) return 0;
  await sql`delete from ${tableOf(rollup)} where day = ${day} and slot = ${slot}`.execute(trx);
  return add(trx, rollup, { from, to: from + stepMs });
}

/**
 * One late bucket in a transaction of its own, since a writer with another late reading for it waits meanwhile. Those before
 * `oldestDay`, whose readings may be gone in part, keep their rollup as it was.
 */
async function redoOneLate(db: Kysely<Tables>, oldestDay: number): Promise<number | undefined> {
  return db.transaction().execute(async (trx) => {
    await begin(trx);
    const taken = await sql<Bucket>`
      delete from tocsin.late_buckets where (day, slot) in (
        select day, slot from tocsin.late_buckets order by day, slot limit 1 for update)
      returning day, slot
    `.execute(trx);
    const late = taken.rows[0];
    if (late === undefined) return undefined;
    if (late.day < oldestDay) return 0;
    const hour = { day: late.day, slot: Math.floor((late.slot * FIVE_MINUTES_MS) / HOUR_MS) };
    return (await redo(trx, "5m", FIVE_MINUTES_MS, late)) + (await redo(trx, "1h", HOUR_MS, hour));
  });
}

/** Begins a turn at rolling up. */
async function begin(trx: Transaction<Tables>): Promise<void> {
  await preferTime(trx);
  await sql`select pg_advisory_xact_lock(${ROLL_UP_LOCK}::bigint)`.execute(trx);
}

/** Rolls up what is complete at `now`, then what came late; answers how many rows were written. */
export async function rollUp(db: Kysely<Tables>, now: number, retention: RetentionPlan): Promise<number> {
  const settled = floorTo(now - SETTLED_AFTER_MS, FIVE_MINUTES_MS);
  const from = now - retention.hourlyMs;
  let written = await db.transaction().execute(async (trx) => {
    await begin(trx);
    const fine = await advance(trx, "5m", { from, to: settled });
    return fine + (await advance(trx, "1h", { from, to: floorTo(settled, HOUR_MS) }));
  });
  const oldestDay = instantOf(now - retention.rawMs).day;
  for (;;) {
    const redone = await redoOneLate(db, oldestDay);
    if (redone === undefined) return written;
    written += redone;
  }
}
