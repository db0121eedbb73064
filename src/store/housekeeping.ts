/** Keeps the store in shape: partitions ahead, rollups, and an end to what is past its retention. Safe to run twice at once. */

import { type Kysely, sql } from "kysely";
import type { RetentionPlan } from "../domain/plan.js";
import { instantOf } from "./instant.js";
import { forgetIncoming } from "./forget-incoming.js";
import { dropPartition, ensurePartitions, existingPartitions, type Partition } from "./partitions.js";
import { rollUp } from "./roll-up.js";
import type { HousekeepingReport } from "./store.js";
import type { Tables } from "./tables.js";
import { timestamp } from "./time-conditions.js";

/** How long each partitioned table keeps a day. */
function keptMs(retention: RetentionPlan): Readonly<Record<Partition["table"], number>> {
  const { rawMs, fiveMinutesMs, hourlyMs } = retention;
  return { readings: rawMs, evidence: fiveMinutesMs, rollups_5m: fiveMinutesMs, rollups_1h: hourlyMs };
}

/** A partition that cannot be made now is made by a writer or the next run; until then its rows have the default one. */
async function makeAhead(db: Kysely<Tables>, now: number, tell: (problem: unknown) => void): Promise<number> {
  try {
    return await ensurePartitions(db, now);
  } catch (error) {
    tell(error);
    return 0;
  }
}

async function dropOld(
  db: Kysely<Tables>,
  now: number,
  retention: RetentionPlan,
  tell: (problem: unknown) => void,
): Promise<number> {
  const kept = keptMs(retention);
  let dropped = 0;
  for (const partition of await existingPartitions(db)) {
    if (partition.toDay > instantOf(now - kept[partition.table]).day) continue;
    try {
      if (await dropPartition(db, partition)) dropped += 1;
    } catch (error) {
      // Somebody reads it at this moment: the next run will find it again.
      tell(error);
    }
  }
  return dropped;
}

/** Rows that came too late, or too early, for a partition of their own. */
async function clearDefaults(db: Kysely<Tables>, now: number, retention: RetentionPlan): Promise<void> {
  for (const [table, ms] of Object.entries(keptMs(retention))) {
    const oldest = instantOf(now - ms).day;
    await sql`delete from ${sql.id("tocsin", `${table}_default`)} where day < ${oldest}`.execute(db);
  }
  await sql`delete from tocsin.receipts where day < ${instantOf(now - retention.rawMs).day}`.execute(db);
}

/** Stories are kept as long as the coarsest rollup; an incident goes whole, when it has been over for that long. */
async function forgetStories(db: Kysely<Tables>, cutoff: number): Promise<void> {
  const before = timestamp(cutoff);
  await db.deleteFrom("tocsin.alert_transitions").where("at", "<", before).execute();
  await db.deleteFrom("tocsin.deliveries").where("at", "<", before).execute();
  await db.deleteFrom("tocsin.dead_letters").where("at", "<", before).execute();
  await sql`
    with over as (
      delete from tocsin.incidents where ended_at < ${before} and last_event_at < ${before} returning id)
    delete from tocsin.incident_events e using over where e.incident = over.id
  `.execute(db);
  await db.deleteFrom("tocsin.series").where("seen_day", "<", instantOf(cutoff).day).execute();
}

/** Both as the planner would guess them: counting would read every reading. */
async function measure(db: Kysely<Tables>): Promise<{ readings: number; bytes: number }> {
  const sizes = await sql<{ readings: number; bytes: number }>`
    select
      coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint as bytes,
      coalesce(sum(
        case when c.relpages > 0 then c.reltuples / c.relpages * pg_relation_size(c.oid) / 8192
        else pg_relation_size(c.oid) / 44 end) filter (where c.relname like 'readings\\_%'), 0)::bigint as readings
    from pg_class c where c.relnamespace = 'tocsin'::regnamespace and c.relkind = 'r'
  `.execute(db);
  return sizes.rows[0] ?? { readings: 0, bytes: 0 };
}

/** `now` in epoch milliseconds. `tell` hears what will be tried again next time. */
export async function housekeep(
  db: Kysely<Tables>,
  now: number,
  retention: RetentionPlan,
  tell: (problem: unknown) => void,
): Promise<HousekeepingReport> {
  const partitionsMade = await makeAhead(db, now, tell);
  const bucketsRolledUp = await rollUp(db, now, retention);
  const partitionsDropped = await dropOld(db, now, retention, tell);
  await clearDefaults(db, now, retention);
  await forgetStories(db, now - retention.hourlyMs);
  await forgetIncoming(db, now, retention);
  return { partitionsMade, partitionsDropped, bucketsRolledUp, ...(await measure(db)) };
}
