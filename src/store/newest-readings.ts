/** The newest readings of all checks, without an index by time: rows lie in the order of time, so what has to be found is where to look. */

import { type Kysely, sql, type Transaction } from "kysely";
import { DAY_MS, HOUR_MS } from "./instant.js";
import { type ReadingRow, readingOf, selectReadings } from "./readings.js";
import type { StoredReading, TimeRange } from "./store.js";
import type { Tables } from "./tables.js";
import { msWithin, preferTime } from "./time-conditions.js";

const MINUTE_MS = 60_000;
/** Readings from clocks that are ahead count too. */
const AHEAD_MS = HOUR_MS;
const LONGEST_MS = 400 * DAY_MS;
const EVERY = () => sql<boolean>`true`;

/** Cheap on an empty stretch, which summaries rule out, and on a full one, which ends at the first row. */
async function anyWithin(db: Kysely<Tables>, range: TimeRange): Promise<boolean> {
  const found = await sql<{ any: boolean }>`
    select exists (select from tocsin.readings r where ${msWithin("r", range)})
      or exists (select from tocsin.evidence e where ${msWithin("e", range)}) as any
  `.execute(db);
  return found.rows[0]?.any === true;
}

/** A minute that holds the newest reading, or begins after older ones and before it; undefined when there is none. */
async function newestMinute(db: Kysely<Tables>, now: number): Promise<number | undefined> {
  let from = now - MINUTE_MS;
  if (await anyWithin(db, { from, to: now + AHEAD_MS })) return from;
  let to = from;
  for (let backMs = 4 * MINUTE_MS; ; backMs *= 4) {
    from = Math.max(0, now - backMs);
    if (await anyWithin(db, { from, to })) break;
    if (backMs > LONGEST_MS) return undefined;
    to = from;
  }
  while (to - from > MINUTE_MS) {
    const middle = Math.floor((from + to) / 2);
    if (await anyWithin(db, { from: middle, to })) from = middle;
    else to = middle;
  }
  return from;
}

async function named(db: Kysely<Tables>, rows: readonly ReadingRow[]): Promise<readonly StoredReading[]> {
  const ids = [...new Set(rows.map((row) => row.series))];
  const series = await db
    .selectFrom("tocsin.series")
    .select(["id", "check_id", "subject"])
    .where(sql<boolean>`id = any(${ids}::int[])`)
    .execute();
  const names = new Map(series.map((row) => [row.id, row]));
  return rows.flatMap((row) => {
    const name = names.get(row.series);
    return name === undefined ? [] : [readingOf(row, name.check_id, name.subject)];
  });
}

async function newestRows(
  trx: Transaction<Tables>,
  now: number,
  limit: number,
): Promise<readonly ReadingRow[]> {
  const newest = await newestMinute(trx, now);
  if (newest === undefined) return [];
  const to = now + AHEAD_MS;
  for (let backMs = 0; ; backMs = 16 * Math.max(backMs, MINUTE_MS)) {
    const range = { from: Math.max(0, newest - backMs), to };
    const { rows } = await selectReadings(range, EVERY, limit).execute(trx);
    if (rows.length >= limit || backMs > LONGEST_MS) return rows;
  }
}

/** The newest `limit` readings, newest first. `now` in epoch milliseconds. */
export async function newestReadings(
  db: Kysely<Tables>,
  now: number,
  limit: number,
): Promise<readonly StoredReading[]> {
  return db.transaction().execute(async (trx) => {
    await preferTime(trx);
    return named(trx, await newestRows(trx, now, limit));
  });
}
