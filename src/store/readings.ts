/** Reads the readings of one check back. What only evidence is left of is read from there. */

import { type Kysely, type RawBuilder, sql } from "kysely";
import type { CheckId } from "../domain/ids.js";
import type { Phases } from "../domain/reading.js";
import { epochMs, type Instant } from "./instant.js";
import { outcomeOf } from "./outcome-code.js";
import { seriesOfCheck } from "./series.js";
import type { StoredReading, TimeRange } from "./store.js";
import type { EvidenceBody, Tables } from "./tables.js";
import { msWithin } from "./time-conditions.js";

export interface ReadingRow extends Instant {
  readonly series: number;
  readonly latency: number | null;
  readonly outcome: number;
  readonly fields: Readonly<Record<string, number>> | null;
  readonly body: EvidenceBody | null;
}

function evidenceOf(body: EvidenceBody): NonNullable<StoredReading["evidence"]> {
  const { phases, ...texts } = body;
  return phases === undefined
    ? texts
    : { ...texts, phases: phases as Readonly<Record<string, number>> & Phases };
}

/** A row as the port says it. */
export function readingOf(row: ReadingRow, check: CheckId, subject: string | null): StoredReading {
  return {
    check,
    ...(subject === null ? {} : { subject }),
    at: epochMs(row),
    outcome: outcomeOf(row.outcome),
    ...(row.latency === null ? {} : { latencyMs: row.latency }),
    ...(row.fields === null ? {} : { fields: row.fields }),
    ...(row.body === null ? {} : { evidence: evidenceOf(row.body) }),
  };
}

/** Readings of these series, with their evidence, and evidence whose raw reading has been dropped; newest first. */
export function selectReadings(
  range: TimeRange,
  ofSeries: (alias: string) => RawBuilder<boolean>,
  limit: number,
) {
  const evidence = sql`left join tocsin.evidence e on e.series = r.series and e.day = r.day and e.ms = r.ms and ${msWithin("e", range)}`;
  return sql<ReadingRow>`
    select * from (
      (select r.series, r.day, r.ms, r.latency, r.outcome, r.fields, e.body
       from (select * from tocsin.readings r where ${ofSeries("r")} and ${msWithin("r", range)}
             order by r.day desc, r.ms desc limit ${limit}) r ${evidence})
      union all
      (select e.series, e.day, e.ms, e.latency, e.outcome, e.fields, e.body from tocsin.evidence e
       where ${ofSeries("e")} and ${msWithin("e", range)} and not exists (
         select from tocsin.readings r where r.series = e.series and r.day = e.day and r.ms = e.ms and ${msWithin("r", range)})
       order by e.day desc, e.ms desc limit ${limit})
    ) seen order by day desc, ms desc, series limit ${limit}`;
}

/** The newest `limit` readings of a check within the range, oldest first. */
export async function readingsOfCheck(
  db: Kysely<Tables>,
  check: CheckId,
  range: TimeRange,
  limit: number,
): Promise<readonly StoredReading[]> {
  const series = await seriesOfCheck(db, check);
  if (series.length === 0) return [];
  const ids = series.map(({ id }) => id);
  const subjects = new Map(series.map(({ id, subject }) => [id, subject]));
  const ofSeries = (alias: string) => sql<boolean>`${sql.ref(`${alias}.series`)} = any(${ids}::int[])`;
  const { rows } = await selectReadings(range, ofSeries, limit).execute(db);
  return rows.map((row) => readingOf(row, check, subjects.get(row.series) ?? null)).reverse();
}
