/** What jobs said of themselves, as it came. */

import { type Kysely, sql } from "kysely";
import type { CheckId } from "../domain/ids.js";
import type { NewPing, StoredPing } from "./incoming.js";
import { storableText } from "./storable.js";
import type { Tables } from "./tables.js";

/** One statement for any number of pings: a commit costs the same for one and for five hundred. */
export async function recordPings(db: Kysely<Tables>, pings: readonly NewPing[]): Promise<void> {
  if (pings.length === 0) return;
  const text = (value: string | undefined): string | null =>
    value === undefined ? null : storableText(value);
  await sql`
    insert into tocsin.pings (check_id, kind, exit_code, body, source)
    select check_id, kind, exit_code, body, source from unnest(
      ${pings.map(({ check }) => check)}::text[], ${pings.map(({ kind }) => kind)}::text[],
      ${pings.map(({ exitCode }) => exitCode ?? null)}::bigint[],
      ${pings.map(({ body }) => text(body))}::text[], ${pings.map(({ source }) => text(source))}::text[]
    ) with ordinality as p (check_id, kind, exit_code, body, source, nth)
    order by nth
  `.execute(db);
}

/** Newest first. */
export async function pings(
  db: Kysely<Tables>,
  check: CheckId,
  limit: number,
): Promise<readonly StoredPing[]> {
  const rows = await db
    .selectFrom("tocsin.pings")
    .selectAll()
    .where("check_id", "=", check)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ at, kind, exit_code, body, source }) => ({
    check,
    at,
    kind,
    ...(exit_code === null ? {} : { exitCode: exit_code }),
    ...(body === null ? {} : { body }),
    ...(source === null ? {} : { source }),
  }));
}

/** Newest pings of a check that are kept however old they are. */
const ALWAYS_KEPT = 100;

/** Old pings go, but never the last words of a job: the newest of each kind, and the newest hundred. */
export async function forgetPings(db: Kysely<Tables>, before: number): Promise<void> {
  await sql`
    with kept as (
      select c.check_id, (
        select p.id from tocsin.pings p where p.check_id = c.check_id
        order by p.id desc offset ${sql.lit(ALWAYS_KEPT - 1)} limit 1) as from_id
      from (select distinct check_id from tocsin.pings) c
    )
    delete from tocsin.pings p using kept k
    where k.check_id = p.check_id and p.id < k.from_id and p.at < ${new Date(before)}::timestamptz
      and exists (
        select from tocsin.pings n where n.check_id = p.check_id and n.kind = p.kind and n.id > p.id)
  `.execute(db);
}
