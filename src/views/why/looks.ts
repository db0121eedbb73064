/** What the store has of the readings of the checks asked about: since when there are any, the newest, and how many were bad. */

import type { CheckId } from "../../domain/ids.js";
import type { Outcome } from "../../domain/reading.js";
import type { Store, TimeRange } from "../../store/store.js";

export interface Look {
  readonly check: CheckId;
  /** The first reading within the time asked about; absent when there was none. */
  readonly firstAt?: number;
  /** The newest, also from before that time. */
  readonly last?: { readonly at: number; readonly outcome: Outcome };
  /** How many were bad within that time. */
  readonly bad: number;
}

const DAY_MS = 86_400_000;
/** A service of more checks is explained without its readings. */
const MAX_CHECKS = 50;
/** More than a bucket has, for any check that a person asks about. */
const MAX_READINGS = 2_000;

type Asked = Pick<Store, "readings" | "rollups">;

export async function readLooks(
  store: Asked,
  checks: readonly CheckId[],
  range: TimeRange,
): Promise<readonly Look[]> {
  if (checks.length > MAX_CHECKS) return [];
  return Promise.all(checks.map((check) => readLook(store, check, range)));
}

/** Buckets say how many were bad; the first of them is looked at reading by reading, because it may begin before the range. */
async function readLook(store: Asked, check: CheckId, range: TimeRange): Promise<Look> {
  const { from, to } = range;
  const wide = { from: Math.min(from, to - DAY_MS), to };
  const [[last], buckets] = await Promise.all([store.readings(check, wide, 1), store.rollups(check, range)]);
  const [first] = buckets;
  const seen = last === undefined ? {} : { last: { at: last.at, outcome: last.outcome } };
  if (first === undefined) return { check, bad: 0, ...seen };
  const begin = Math.max(from, first.from);
  const early = await store.readings(check, { from: begin, to: first.from + first.ms }, MAX_READINGS);
  const later = buckets.filter((bucket) => bucket.from > first.from);
  // Single readings are kept for days, buckets for much longer.
  const isAllOld = early.length === 0 && first.from >= from;
  const firstAt = early[0]?.at ?? (isAllOld ? first.from : later[0]?.from);
  const counted = isAllOld ? buckets : later;
  const bad =
    early.filter(({ outcome }) => outcome === "bad").length +
    counted.reduce((sum, each) => sum + each.bad, 0);
  return { check, bad, ...seen, ...(firstAt === undefined ? {} : { firstAt }) };
}
