/** Incidents and their logs. The row of an incident is derived from its events, whole, so that no order of writing can bend it. */

import { type Kysely, sql, type Transaction } from "kysely";
import { type IncidentId, serviceOfIncident } from "../domain/ids.js";
import { SEVERITIES } from "../domain/severity.js";
import type { IncidentEvent } from "../domain/story.js";
import { storableJson, storableText } from "./storable.js";
import type { IncidentFilter, IncidentSummary } from "./store.js";
import type { Tables } from "./tables.js";
import { timestamp } from "./time-conditions.js";

/** An incident whose events name no severity was opened by a page that is known to nobody any more. */
const SEVERITY_UNSAID = "warning";

function openingTime(incident: IncidentId): Date {
  return new Date(incident.slice(incident.lastIndexOf("@") + 1));
}

/**
 * Highest `facts.severity` of all events; ended and closed as long as nothing opened it again afterwards. One that never ended and
 * has a successor was lost with its workflow: it is over since that one opened, because a service has one incident at a time.
 */
async function deriveIncidents(trx: Transaction<Tables>, ids: readonly IncidentId[]): Promise<void> {
  if (ids.length === 0) return;
  const services = ids.map(serviceOfIncident);
  const openings = ids.map(openingTime);
  await sql`
    insert into tocsin.incidents as i
      (id, service, opened_at, ended_at, closed_at, severity, last_event, last_event_at)
    select w.id, w.service, w.opened_at,
      case when coalesce(e.ended, e.closed) >= coalesce(e.opened, '-infinity')
        then coalesce(e.ended, e.closed) else successor.opened_at end,
      case when e.closed >= coalesce(e.opened, '-infinity') then e.closed
        when coalesce(e.ended, '-infinity') < coalesce(e.opened, '-infinity') then successor.opened_at end,
      coalesce((${[...SEVERITIES]}::text[])[e.severity], ${SEVERITY_UNSAID}), e.last_event, e.last_event_at
    from unnest(${ids}::text[], ${services}::text[], ${openings}::timestamptz[]) as w (id, service, opened_at)
    cross join lateral (
      select
        max(at) filter (where kind in ('opened', 'reopened')) as opened,
        max(at) filter (where kind = 'ended') as ended,
        max(at) filter (where kind = 'closed') as closed,
        min(array_position(${[...SEVERITIES]}::text[], facts ->> 'severity')) as severity,
        (array_agg(kind order by at desc, seq desc))[1] as last_event,
        max(at) as last_event_at
      from tocsin.incident_events where incident = w.id
    ) e
    left join lateral (
      select min(opened_at) as opened_at from tocsin.incidents
      where service = w.service and opened_at > w.opened_at
    ) successor on true
    on conflict (id) do update set
      ended_at = excluded.ended_at, closed_at = excluded.closed_at, severity = excluded.severity,
      last_event = excluded.last_event, last_event_at = excluded.last_event_at
  `.execute(trx);
}

/** Takes turns per incident, so that of two writers the later derives from the events of both. */
async function lockIncidents(trx: Transaction<Tables>, ids: readonly IncidentId[]): Promise<void> {
  for (const id of ids) await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 0))`.execute(trx);
}

export async function insertIncidentEvents(
  trx: Transaction<Tables>,
  events: readonly IncidentEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const ids = [...new Set(events.map((event) => event.incident))];
  const before = await openBefore(trx, ids);
  await lockIncidents(trx, [...ids, ...before].sort());
  await trx
    .insertInto("tocsin.incident_events")
    .values(
      events.map((event) => ({
        workflow_id: event.workflowId,
        at: new Date(event.at),
        seq: event.seq,
        incident: event.incident,
        kind: event.kind,
        by_whom: event.by === undefined ? null : storableText(event.by),
        text: storableText(event.text),
        facts: storableJson(event.facts),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await deriveIncidents(trx, ids);
  // Once more with their successors in the table.
  if (before.length > 0 || ids.length > 1) await deriveIncidents(trx, [...before, ...ids]);
}

/** What is still open, as far as is known, of the services of these incidents. */
async function openBefore(
  trx: Transaction<Tables>,
  ids: readonly IncidentId[],
): Promise<readonly IncidentId[]> {
  const rows = await trx
    .selectFrom("tocsin.incidents")
    .select("id")
    .where("service", "in", [...new Set(ids.map(serviceOfIncident))])
    .where("ended_at", "is", null)
    .where("id", "not in", ids)
    .execute();
  return rows.map(({ id }) => id);
}

/** Newest first by opening. */
export async function incidents(
  db: Kysely<Tables>,
  filter: IncidentFilter,
): Promise<readonly IncidentSummary[]> {
  let query = db.selectFrom("tocsin.incidents").selectAll();
  if (filter.open !== undefined) query = query.where("ended_at", filter.open ? "is" : "is not", null);
  if (filter.service !== undefined) query = query.where("service", "=", filter.service);
  const { after } = filter;
  if (after !== undefined) {
    const opened = timestamp(after.openedAt);
    query = query.where((x) =>
      x.or([x("opened_at", "<", opened), x.and([x("opened_at", "=", opened), x("id", ">", after.incident)])]),
    );
  }
  const rows = await query.orderBy("opened_at", "desc").orderBy("id").limit(filter.limit).execute();
  return rows.map((row) => ({
    incident: row.id,
    service: row.service,
    openedAt: row.opened_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    severity: row.severity,
    lastEvent: row.last_event,
    lastEventAt: row.last_event_at,
  }));
}

/** Oldest first. */
export async function incidentEvents(
  db: Kysely<Tables>,
  incident: IncidentId,
): Promise<readonly IncidentEvent[]> {
  const rows = await db
    .selectFrom("tocsin.incident_events")
    .selectAll()
    .where("incident", "=", incident)
    .orderBy("at")
    .orderBy("seq")
    .execute();
  return rows.map(({ workflow_id, by_whom, ...row }) => ({
    workflowId: workflow_id,
    ...(by_whom === null ? {} : { by: by_whom }),
    ...row,
  }));
}
