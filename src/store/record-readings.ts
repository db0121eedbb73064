/** Writes the readings of one sweep: one batch, one transaction, adding nothing when it is written again. */

import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { epochMs, FIVE_MINUTES_MS, floorTo, instantOf } from "./instant.js";
import { outcomeCode } from "./outcome-code.js";
import type { SeriesCache } from "./series.js";
import { storableFields, storableJson } from "./storable.js";
import type { StoredReading } from "./store.js";
import type { Tables } from "./tables.js";

/** One reading as columns. */
interface Row {
  readonly series: number;
  readonly day: number;
  readonly ms: number;
  readonly latency: number | null;
  readonly outcome: number;
  readonly fields: string | null;
  readonly evidence: string | null;
}

/** A reading this long after the end of its five minutes may come after they were rolled up. */
const LATE_AFTER_MS = 30_000;

function rowOf(reading: StoredReading, series: number): Row {
  const { latencyMs, evidence } = reading;
  return {
    series,
    ...instantOf(reading.at),
    latency: latencyMs !== undefined && Number.isFinite(latencyMs) ? latencyMs : null,
    outcome: outcomeCode(reading.outcome),
    fields: storableFields(reading.fields),
    evidence: evidence === undefined ? null : storableJson(evidence),
  };
}

/** Each instant of a series once, in the order of series: how the index by series likes it. */
function distinct(rows: readonly Row[]): readonly Row[] {
  const once = new Map(rows.map((row) => [`${row.series} ${row.day} ${row.ms}`, row]));
  return [...once.values()].sort((a, b) => a.series - b.series || epochMs(a) - epochMs(b));
}

/** A number made of which series were read when: the same for the same batch, as a signed 64-bit integer in text. */
function receiptOf(rows: readonly Row[]): string {
  const hash = createHash("sha256");
  for (const row of rows) hash.update(`${row.series} ${row.day} ${row.ms}\n`);
  return hash.digest().readBigInt64BE().toString();
}

/**
 * Leaves the batch's receipt; false when it was there. Of two writers of the same batch the second waits here for the first.
 * One row a batch costs less than asking for every reading whether it is there.
 */
async function receive(trx: Transaction<Tables>, rows: readonly Row[]): Promise<boolean> {
  const day = rows.reduce((latest, row) => Math.max(latest, row.day), 0);
  const left = await sql`
    insert into tocsin.receipts (batch, day)
    select ${receiptOf(rows)}::bigint, ${day}::smallint from set_config('synchronous_commit', 'off', true)
    on conflict do nothing
  `.execute(trx);
  return left.numAffectedRows === 1n;
}

async function insertReadings(trx: Transaction<Tables>, rows: readonly Row[]): Promise<void> {
  await sql`
    insert into tocsin.readings (ms, series, latency, day, outcome, fields)
    select * from unnest(
      ${rows.map((row) => row.ms)}::int[], ${rows.map((row) => row.series)}::int[],
      ${rows.map((row) => row.latency)}::real[], ${rows.map((row) => row.day)}::smallint[],
      ${rows.map((row) => row.outcome)}::smallint[], ${rows.map((row) => row.fields)}::jsonb[]
    )
  `.execute(trx);
}

async function insertEvidence(trx: Transaction<Tables>, rows: readonly Row[]): Promise<void> {
  const kept = rows.filter((row) => row.evidence !== null);
  if (kept.length === 0) return;
  await sql`
    insert into tocsin.evidence (ms, series, latency, day, outcome, fields, body)
    select * from unnest(
      ${kept.map((row) => row.ms)}::int[], ${kept.map((row) => row.series)}::int[],
      ${kept.map((row) => row.latency)}::real[], ${kept.map((row) => row.day)}::smallint[],
      ${kept.map((row) => row.outcome)}::smallint[], ${kept.map((row) => row.fields)}::jsonb[],
      ${kept.map((row) => row.evidence)}::jsonb[]
    ) on conflict do nothing
  `.execute(trx);
}

/** Five-minute buckets that may have been rolled up without these rows. */
async function noteLate(trx: Transaction<Tables>, rows: readonly Row[], now: number): Promise<void> {
  const late = new Map<string, { day: number; slot: number }>();
  for (const row of rows) {
    const bucketEnd = floorTo(epochMs(row), FIVE_MINUTES_MS) + FIVE_MINUTES_MS;
    if (bucketEnd + LATE_AFTER_MS > now) continue;
    const slot = Math.floor(row.ms / FIVE_MINUTES_MS);
    late.set(`${row.day} ${slot}`, { day: row.day, slot });
  }
  if (late.size === 0) return;
  // Writers note in one order. The update changes nothing, but holds off whoever works the note off until these rows are there.
  const inOrder = [...late.values()].sort((a, b) => a.day - b.day || a.slot - b.slot);
  await trx
    .insertInto("tocsin.late_buckets")
    .values(inOrder)
    .onConflict((conflict) =>
      conflict.columns(["day", "slot"]).doUpdateSet((x) => ({ slot: x.ref("excluded.slot") })),
    )
    .execute();
}

/** Adds the readings, committed without waiting for the disk; the same batch again adds nothing. `now` in epoch milliseconds. */
export async function recordReadings(
  db: Kysely<Tables>,
  series: SeriesCache,
  readings: readonly StoredReading[],
  now: number,
): Promise<void> {
  const lastDay = instantOf(readings.reduce((latest, { at }) => Math.max(latest, at), 0)).day;
  const ids = await series.resolve(db, readings, lastDay);
  const rows = distinct(readings.map((reading, index) => rowOf(reading, ids[index] ?? 0)));
  await db.transaction().execute(async (trx) => {
    if (!(await receive(trx, rows))) return;
    await insertReadings(trx, rows);
    await insertEvidence(trx, rows);
    await noteLate(trx, rows, now);
  });
}
