/** Alerts that others posted: one row per check and fingerprint, however often it is posted. */

import { type Kysely, sql } from "kysely";
import type { CheckId } from "../domain/ids.js";
import { SEVERITIES, type Severity } from "../domain/severity.js";
import type { InboxAlert } from "../domain/inbox.js";
import type { NewAlert } from "./incoming.js";
import { storableJson, storableText } from "./storable.js";
import type { Tables } from "./tables.js";

/** How long an alert holds that nobody gave an end. */
const HOLDS = "24 hours";

interface Posted {
  readonly alert: NewAlert;
  readonly posts: number;
}

/** Each fingerprint once, the last post with the number of all: one statement cannot touch a row twice. Sorted, so that two writers lock in one order. */
function together(alerts: readonly NewAlert[]): readonly Posted[] {
  const posted = new Map<string, Posted>();
  for (const alert of alerts) {
    const key = `${alert.check} ${alert.fingerprint}`;
    posted.set(key, { alert, posts: (posted.get(key)?.posts ?? 0) + 1 });
  }
  return [...posted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

export async function recordAlerts(db: Kysely<Tables>, alerts: readonly NewAlert[]): Promise<void> {
  if (alerts.length === 0) return;
  const rows = together(alerts);
  const column = <T>(of: (alert: NewAlert) => T): readonly T[] => rows.map(({ alert }) => of(alert));
  await sql`
    insert into tocsin.inbox as i
      (check_id, fingerprint, severity, title, message, context, count, first_seen, last_seen, ends_at, source)
    select check_id, fingerprint, severity, title, message, context, posts,
      statement_timestamp(), statement_timestamp(),
      coalesce(ends_at, statement_timestamp() + interval ${sql.lit(HOLDS)}), source
    from unnest(
      ${column(({ check }) => check)}::text[], ${column(({ fingerprint }) => storableText(fingerprint))}::text[],
      ${column(({ severity }) => severity)}::text[], ${column(({ title }) => storableText(title))}::text[],
      ${column(({ message }) => storableText(message))}::text[],
      ${column(({ context }) => storableJson(context))}::jsonb[], ${rows.map(({ posts }) => posts)}::bigint[],
      ${column(({ endsAt }) => (endsAt === undefined ? null : new Date(endsAt)))}::timestamptz[],
      ${column(({ source }) => source ?? null)}::text[]
    ) as n (check_id, fingerprint, severity, title, message, context, posts, ends_at, source)
    on conflict (check_id, fingerprint) do update set
      severity = excluded.severity, title = excluded.title, message = excluded.message,
      context = excluded.context, source = excluded.source,
      count = excluded.count + case when ${OPEN} then i.count else 0 end,
      first_seen = case when ${OPEN} then i.first_seen else excluded.first_seen end,
      last_seen = excluded.last_seen, ends_at = excluded.ends_at, ended_at = null
  `.execute(db);
}

const OPEN = sql<boolean>`(i.ended_at is null and i.ends_at > statement_timestamp())`;

export async function endAlert(db: Kysely<Tables>, check: CheckId, fingerprint: string): Promise<boolean> {
  const ended = await sql`
    update tocsin.inbox i set ended_at = statement_timestamp()
    where check_id = ${check} and fingerprint = ${storableText(fingerprint)} and ${OPEN}
  `.execute(db);
  return (ended.numAffectedRows ?? 0n) > 0n;
}

interface Row {
  readonly check_id: CheckId;
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly count: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly ends_at: number;
  readonly over_since: number | null;
  readonly source: string | null;
}

/** An alert that is over is shown so for a while: whoever was told of it hears that it is good, not that it is gone. */
const SHOWN_OVER = "1 hour";

/** The open ones, worst first, then newest; after them those that are over since not long ago. */
export async function inbox(
  db: Kysely<Tables>,
  check: CheckId,
  limit: number,
): Promise<readonly InboxAlert[]> {
  const found = await sql<Row>`
    select i.*, case when ${OPEN} then null else least(i.ended_at, i.ends_at) end as over_since
    from tocsin.inbox i
    where check_id = ${check}
      and (${OPEN} or least(i.ended_at, i.ends_at) > statement_timestamp() - interval ${sql.lit(SHOWN_OVER)})
    order by ${OPEN} desc, array_position(${[...SEVERITIES]}::text[], severity), last_seen desc, fingerprint
    limit ${limit}
  `.execute(db);
  return found.rows.map(({ check_id, first_seen, last_seen, ends_at, over_since, source, ...row }) => ({
    check: check_id,
    fingerprint: row.fingerprint,
    severity: row.severity,
    title: row.title,
    message: row.message,
    context: row.context,
    count: row.count,
    firstSeen: first_seen,
    lastSeen: last_seen,
    endsAt: ends_at,
    ...(over_since === null ? {} : { overSince: over_since }),
    ...(source === null ? {} : { source }),
  }));
}
