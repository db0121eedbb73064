/** What a heartbeat check reads: the last words of many jobs at once, and when there was a receiver to hear them. */

import { type Kysely, sql } from "kysely";
import type { Heartbeat, PingKind, RunEnd, Stretch } from "../domain/heartbeat.js";
import type { CheckId } from "../domain/ids.js";
import type { Tables } from "./tables.js";

/** Two notes of a receiver further apart than this leave a gap: it was not there all the time between. */
const LONGEST_BEAT = "15 seconds";

interface Row {
  readonly check_id: CheckId;
  readonly now: number;
  readonly since: number;
  readonly kind: Exclude<PingKind, "start"> | null;
  readonly at: number | null;
  readonly exit_code: number | null;
  readonly body: string | null;
  readonly began_at: number | null;
  readonly started_at: number | null;
}

/** A check that nobody looked at for a day was forgotten by housekeeping, and is looked at anew. */
async function look(db: Kysely<Tables>, checks: readonly CheckId[]): Promise<void> {
  await sql`
    with stale as (
      select distinct c.check_id from unnest(${[...checks]}::text[]) as c (check_id)
      left join tocsin.heartbeats h using (check_id)
      where h.seen_at is null or h.seen_at < now() - interval '1 hour')
    insert into tocsin.heartbeats (check_id) select check_id from stale order by check_id
    on conflict (check_id) do update set seen_at = excluded.seen_at
  `.execute(db);
}

/** An end belongs to the start between it and the end before it. */
async function lastWords(db: Kysely<Tables>, checks: readonly CheckId[]): Promise<readonly Row[]> {
  const found = await sql<Row>`
    select h.check_id, statement_timestamp() as now, h.since, e.kind, e.at, e.exit_code, e.body,
      began.at as began_at, running.at as started_at
    from tocsin.heartbeats h
    left join lateral (
      select id, kind, at, exit_code, body from tocsin.pings
      where check_id = h.check_id and kind <> 'start' order by id desc limit 1) e on true
    left join lateral (
      select id from tocsin.pings
      where check_id = h.check_id and kind <> 'start' and id < e.id order by id desc limit 1) before on true
    left join lateral (
      select at from tocsin.pings
      where check_id = h.check_id and kind = 'start' and id < e.id and id > coalesce(before.id, 0)
      order by id desc limit 1) began on true
    left join lateral (
      select at from tocsin.pings
      where check_id = h.check_id and kind = 'start' and id > coalesce(e.id, 0) order by id desc limit 1) running on true
    where h.check_id = any(${[...checks]}::text[])
  `.execute(db);
  return found.rows;
}

/** Of all receivers together, apart and in order. */
async function receiversUp(db: Kysely<Tables>, from: number): Promise<readonly Stretch[]> {
  const found = await sql<{ from: number; to: number }>`
    select lower(r) as "from", upper(r) as "to" from (
      select unnest(range_agg(tstzrange(began_at, last_at))) as r from tocsin.receiver_up
      where last_at > ${new Date(from)}::timestamptz and last_at > began_at) u
    order by 1
  `.execute(db);
  return found.rows;
}

function endOf({ kind, at, exit_code, body, began_at }: Row): RunEnd | undefined {
  if (kind === null || at === null) return undefined;
  return {
    kind,
    at,
    ...(exit_code === null ? {} : { exitCode: exit_code }),
    ...(began_at === null ? {} : { durationMs: Math.max(0, at - began_at) }),
    ...(body === null ? {} : { body }),
  };
}

export async function heartbeats(
  db: Kysely<Tables>,
  checks: readonly CheckId[],
): Promise<readonly Heartbeat[]> {
  if (checks.length === 0) return [];
  await look(db, checks);
  const rows = await lastWords(db, checks);
  const oldest = Math.min(...rows.map(({ at, since }) => at ?? since));
  const up = await receiversUp(db, oldest);
  const byCheck = new Map(rows.map((row) => [row.check_id, row]));
  return checks.map((check) => {
    const row = byCheck.get(check);
    if (row === undefined) throw new Error(`${check} was forgotten while it was read`);
    const lastEnd = endOf(row);
    const from = lastEnd?.at ?? row.since;
    return {
      now: row.now,
      since: row.since,
      receiverUp: up.filter(({ to }) => to > from),
      ...(lastEnd === undefined ? {} : { lastEnd }),
      ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    };
  });
}

/** Makes the stretch longer that this receiver is in, or begins another. */
export async function noteReceiver(db: Kysely<Tables>, receiver: string): Promise<void> {
  await sql`
    with longer as (
      update tocsin.receiver_up set last_at = statement_timestamp()
      where receiver = ${receiver} and last_at >= statement_timestamp() - interval ${sql.lit(LONGEST_BEAT)}
      returning receiver)
    insert into tocsin.receiver_up (receiver, began_at, last_at)
    select ${receiver}, statement_timestamp(), statement_timestamp() where not exists (select from longer)
  `.execute(db);
}
