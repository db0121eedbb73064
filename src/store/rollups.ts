/** Reads rollups of a check, complete up to now: what is not rolled up yet is summed from the readings on the way. */

import { type Kysely, type RawBuilder, sql } from "kysely";
import type { CheckId } from "../domain/ids.js";
import { DAY_MS, FIVE_MINUTES_MS, floorTo, HOUR_MS } from "./instant.js";
import { readMark } from "./rollup-marks.js";
import { fromFiveMinutes, fromReadings, ROLLUP_COLUMNS, sum } from "./rollup-sums.js";
import { seriesOfCheck } from "./series.js";
import type { RollupRow, RollupStep, TimeRange } from "./store.js";
import type { RollupColumns, Tables } from "./tables.js";
import { slotWithin } from "./time-conditions.js";

const FINE_UP_TO_MS = 2 * DAY_MS;

function defaultStep({ from, to }: TimeRange): RollupStep {
  return to - from <= FINE_UP_TO_MS ? FIVE_MINUTES_MS : HOUR_MS;
}

/** The part of a range before an instant, and the rest. */
function split({ from, to }: TimeRange, at: number): readonly [TimeRange, TimeRange] {
  const cut = Math.min(Math.max(from, at), to);
  return [
    { from, to: cut },
    { from: cut, to },
  ];
}

interface Marks {
  readonly fiveMinutes: number;
  readonly hours: number;
}

/** Each stretch of the range from the coarsest rollup that is complete there, then added up: an hour may be made of all three. */
function gather(
  range: TimeRange,
  stepMs: RollupStep,
  marks: Marks,
  ofSeries: RawBuilder<boolean>,
): RawBuilder<RollupColumns> {
  const [hours, later] =
    stepMs === HOUR_MS ? split(range, marks.hours) : [{ from: range.from, to: range.from }, range];
  const [fiveMinutes, rest] = split(later, marks.fiveMinutes);
  return sum(
    sql`select ${ROLLUP_COLUMNS} from tocsin.rollups_1h r where ${slotWithin("r", hours, HOUR_MS)} and ${ofSeries}
      union all ${fromFiveMinutes(fiveMinutes, stepMs, ofSeries)}
      union all ${fromReadings(rest, stepMs, ofSeries)}`,
    1,
  );
}

function rollupRow(row: RollupColumns, check: CheckId, stepMs: number, subject: string | null): RollupRow {
  const { good, degraded, bad, unknown } = row;
  return {
    check,
    ...(subject === null ? {} : { subject }),
    from: row.day * DAY_MS + row.slot * stepMs,
    ms: stepMs,
    good,
    degraded,
    bad,
    unknown,
    ...(row.timed === 0 ? {} : { latencyAvgMs: row.latency_sum / row.timed }),
    ...(row.latency_max === null ? {} : { latencyMaxMs: row.latency_max }),
  };
}

/** Oldest first, then by series; buckets without a reading are absent. */
export async function rollups(
  db: Kysely<Tables>,
  check: CheckId,
  wanted: TimeRange,
  stepMs: RollupStep = defaultStep(wanted),
): Promise<readonly RollupRow[]> {
  const series = await seriesOfCheck(db, check);
  if (series.length === 0) return [];
  const ids = series.map(({ id }) => id);
  const subjects = new Map(series.map(({ id, subject }) => [id, subject]));
  const marks = { fiveMinutes: (await readMark(db, "5m")) ?? 0, hours: (await readMark(db, "1h")) ?? 0 };
  const range = { from: floorTo(wanted.from, stepMs), to: wanted.to };
  const rows = gather(range, stepMs, marks, sql<boolean>`r.series = any(${ids}::int[])`);
  const found = await sql<RollupColumns>`select * from (${rows}) b order by day, slot, series`.execute(db);
  return found.rows.map((row) => rollupRow(row, check, stepMs, subjects.get(row.series) ?? null));
}
