/** Partitions of the time-partitioned tables: made two days ahead, filled from the default partition, dropped when past their retention. */

import { type Kysely, sql, type Transaction } from "kysely";
import { DAY_MS, dayName, instantOf } from "./instant.js";
import type { Tables } from "./tables.js";

interface Partitioned {
  readonly table: "readings" | "evidence" | "rollups_5m" | "rollups_1h";
  /** Days that one partition holds. */
  readonly days: number;
}

const BY_DAY = 1;
const PARTITIONED: readonly Partitioned[] = [
  { table: "readings", days: BY_DAY },
  { table: "evidence", days: BY_DAY },
  { table: "rollups_5m", days: BY_DAY },
  { table: "rollups_1h", days: 32 },
];
const DAYS_AHEAD = 2;
/** Writers wait behind a waiting lock: rather no partition this time than a sweep that waits. */
const LOCK_MS = 250;
/** Arbitrary, and the same in every Tocsin: whoever holds it makes or drops partitions. */
const PARTITIONS_LOCK = 7_061_001;

export interface Partition {
  readonly table: Partitioned["table"];
  /** Without the schema. */
  readonly name: string;
  readonly fromDay: number;
  /** Exclusive. */
  readonly toDay: number;
}

function partitionOf({ table, days }: Partitioned, day: number): Partition {
  const fromDay = Math.floor(day / days) * days;
  return { table, name: `${table}_${dayName(fromDay)}`, fromDay, toDay: fromDay + days };
}

function wantedPartitions(now: number): readonly Partition[] {
  const today = instantOf(now).day;
  const wanted = new Map<string, Partition>();
  for (const partitioned of PARTITIONED) {
    for (let day = today; day <= today + DAYS_AHEAD; day += 1) {
      const partition = partitionOf(partitioned, day);
      wanted.set(partition.name, partition);
    }
  }
  return [...wanted.values()];
}

/** Every partition but the default ones, oldest first. */
export async function existingPartitions(db: Kysely<Tables>): Promise<readonly Partition[]> {
  const found = await sql<{ name: string; parent: Partitioned["table"] }>`
    select c.relname as name, p.relname as parent
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relnamespace = 'tocsin'::regnamespace and c.relname ~ '_\\d{8}$'
    order by right(c.relname, 8), c.relname
  `.execute(db);
  return found.rows.flatMap(({ name, parent }) => {
    const partitioned = PARTITIONED.find(({ table }) => table === parent);
    const date = name.slice(-8).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3");
    return partitioned === undefined ? [] : [partitionOf(partitioned, Date.parse(date) / DAY_MS)];
  });
}

async function makePartition(trx: Transaction<Tables>, partition: Partition): Promise<void> {
  const parent = sql.id("tocsin", partition.table);
  const fallback = sql.id("tocsin", `${partition.table}_default`);
  const child = sql.id("tocsin", partition.name);
  const { fromDay, toDay } = partition;
  await sql`create table ${child} (like ${parent} including all)`.execute(trx);
  await sql`
    with late as (delete from ${fallback} where day >= ${fromDay} and day < ${toDay} returning *)
    insert into ${child} select * from late
  `.execute(trx);
  const from = sql.lit(fromDay);
  const to = sql.lit(toDay);
  await sql`alter table ${parent} attach partition ${child} for values from (${from}) to (${to})`.execute(
    trx,
  );
}

/** Makes the partition unless it is there; answers whether it made it. Rows that waited in the default partition move over. */
async function ensurePartition(db: Kysely<Tables>, partition: Partition): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = ${sql.lit(LOCK_MS)}`.execute(trx);
    await sql`select pg_advisory_xact_lock(${PARTITIONS_LOCK}::bigint)`.execute(trx);
    const found = await sql<{ there: boolean }>`
      select to_regclass(${`tocsin.${partition.name}`}) is not null as there
    `.execute(trx);
    if (found.rows[0]?.there === true) return false;
    await makePartition(trx, partition);
    return true;
  });
}

/** Makes what is missing for today and the two days after it; answers how many. */
export async function ensurePartitions(db: Kysely<Tables>, now: number): Promise<number> {
  const existing = new Set((await existingPartitions(db)).map(({ name }) => name));
  let made = 0;
  for (const partition of wantedPartitions(now)) {
    if (!existing.has(partition.name) && (await ensurePartition(db, partition))) made += 1;
  }
  return made;
}

/** Drops a partition with all it holds; answers whether it was there to be dropped. */
export async function dropPartition(db: Kysely<Tables>, partition: Partition): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = ${sql.lit(LOCK_MS)}`.execute(trx);
    await sql`select pg_advisory_xact_lock(${PARTITIONS_LOCK}::bigint)`.execute(trx);
    const there = await sql<{ there: boolean }>`
      select to_regclass(${`tocsin.${partition.name}`}) is not null as there
    `.execute(trx);
    if (there.rows[0]?.there !== true) return false;
    await sql`drop table ${sql.id("tocsin", partition.name)}`.execute(trx);
    return true;
  });
}

/**
 * Remembers up to which day partitions were made, so that a writer asks the server once a day and not once a sweep. A failure
 * is told and tried again a minute later: until then rows go to the default partition.
 */
export class PartitionsAhead {
  #madeUpTo = -1;
  #nextTryAt = 0;

  /** Forgets what it knew: another server may answer next. */
  clear(): void {
    this.#madeUpTo = -1;
  }

  /** True when a reading of that day surely has a partition of its own. */
  covers(day: number): boolean {
    return day <= this.#madeUpTo;
  }

  /** Never rejects. `now` in epoch milliseconds. */
  async ensure(db: Kysely<Tables>, now: number, tell: (problem: unknown) => void): Promise<void> {
    const upTo = instantOf(now).day + DAYS_AHEAD;
    if (this.covers(upTo) || now < this.#nextTryAt) return;
    this.#nextTryAt = now + 60_000;
    try {
      await ensurePartitions(db, now);
      this.#madeUpTo = upTo;
      this.#nextTryAt = 0;
    } catch (error) {
      tell(error);
    }
  }
}
