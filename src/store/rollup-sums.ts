/** The sums that make a rollup, from readings or from finer rollups: the same columns either way, so that merging is adding. */

import { type RawBuilder, sql } from "kysely";
import { FIVE_MINUTES_MS } from "./instant.js";
import type { RollupStep, TimeRange } from "./store.js";
import type { RollupColumns } from "./tables.js";
import { msWithin, slotWithin } from "./time-conditions.js";

/** Columns of every selection below, in the order of the rollups' tables. */
export const ROLLUP_COLUMNS = sql`latency_sum, series, latency_max, day, slot, good, degraded, bad, unknown, timed`;

type Selection = RawBuilder<RollupColumns>;

/** Readings of the range, summed by series and bucket. `also` narrows them further. */
export function fromReadings(range: TimeRange, stepMs: RollupStep, also: RawBuilder<boolean>): Selection {
  return sql`
    select coalesce(sum(r.latency::float8), 0) as latency_sum, r.series, max(r.latency) as latency_max, r.day,
      (r.ms / ${stepMs}::int)::smallint as slot,
      count(*) filter (where r.outcome = 0)::int as good, count(*) filter (where r.outcome = 1)::int as degraded,
      count(*) filter (where r.outcome = 2)::int as bad, count(*) filter (where r.outcome = 3)::int as unknown,
      count(r.latency)::int as timed
    from tocsin.readings r where ${msWithin("r", range)} and ${also}
    group by r.series, r.day, 5`;
}

/** Five-minute buckets of the range, as they are or summed by the hour. */
export function fromFiveMinutes(range: TimeRange, stepMs: RollupStep, also: RawBuilder<boolean>): Selection {
  return sum(
    sql`select ${ROLLUP_COLUMNS} from tocsin.rollups_5m r where ${slotWithin("r", range, FIVE_MINUTES_MS)} and ${also}`,
    stepMs / FIVE_MINUTES_MS,
  );
}

/** Adds up rows of one series whose slots fall together when `slots` of them become one. */
export function sum(rows: RawBuilder<unknown>, slots: number): Selection {
  return sql`
    select sum(f.latency_sum) as latency_sum, f.series, max(f.latency_max) as latency_max, f.day,
      (f.slot / ${slots}::int)::smallint as slot, sum(f.good)::int as good, sum(f.degraded)::int as degraded,
      sum(f.bad)::int as bad, sum(f.unknown)::int as unknown, sum(f.timed)::int as timed
    from (${rows}) f group by f.series, f.day, 5`;
}
