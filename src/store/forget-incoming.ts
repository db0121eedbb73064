/** What came in from outside has its end, too: pings as raw readings, posted alerts as their rollups, what people did as stories. */

import { type Kysely, sql } from "kysely";
import type { RetentionPlan } from "../domain/plan.js";
import { DAY_MS } from "./instant.js";
import { forgetPings } from "./pings.js";
import type { Tables } from "./tables.js";
import { timestamp } from "./time-conditions.js";

/** `now` in epoch milliseconds. */
export async function forgetIncoming(
  db: Kysely<Tables>,
  now: number,
  { rawMs, fiveMinutesMs, hourlyMs }: RetentionPlan,
): Promise<void> {
  await forgetPings(db, now - rawMs);
  const afterMonth = timestamp(now - fiveMinutesMs);
  await sql`delete from tocsin.inbox where least(ends_at, ended_at) < ${afterMonth}`.execute(db);
  const afterYear = timestamp(now - hourlyMs);
  await sql`delete from tocsin.receiver_up where last_at < ${afterYear}`.execute(db);
  await sql`delete from tocsin.audit where at < ${afterYear}`.execute(db);
  await sql`delete from tocsin.tokens where least(revoked_at, expires_at) < ${afterYear}`.execute(db);
  // Nobody looks any more: who is looked at again begins again.
  await sql`delete from tocsin.heartbeats where seen_at < ${timestamp(now - DAY_MS)}`.execute(db);
}
