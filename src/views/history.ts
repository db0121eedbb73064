/** What one check saw over a time, and what its alerts made of it. */

import type { CheckId, ServiceId } from "../domain/ids.js";
import type { AlertTransition } from "../domain/story.js";
import type { RollupRow, Store, StoredReading, TimeRange } from "../store/store.js";

export interface History {
  readonly readings: readonly StoredReading[];
  readonly rollups: readonly RollupRow[];
  readonly transitions: readonly AlertTransition[];
}

const HOUR_MS = 3_600_000;
/** Beyond this, single readings are more than a person reads: buckets are shown. */
const LONGEST_OF_READINGS_MS = 6 * HOUR_MS;
/** Beyond this, buckets of five minutes are. */
const LONGEST_OF_FIVE_MINUTES_MS = 48 * HOUR_MS;
const FIVE_MINUTES_MS = 300_000;
const MAX_EDGES = 500;

/** At most `limit` readings, the newest. */
export async function readHistory(
  store: Store,
  check: CheckId,
  range: TimeRange,
  limit: number,
): Promise<History> {
  const sinceMs = range.to - range.from - 1;
  const fine = sinceMs <= LONGEST_OF_READINGS_MS;
  const step = sinceMs <= LONGEST_OF_FIVE_MINUTES_MS ? FIVE_MINUTES_MS : HOUR_MS;
  const service = check.split("/").slice(0, 2).join("/") as ServiceId;
  const [readings, rollups, edges] = await Promise.all([
    fine ? store.readings(check, range, limit) : [],
    fine ? [] : store.rollups(check, range, step),
    store.transitions({ service, range, limit: MAX_EDGES }),
  ]);
  return { readings, rollups, transitions: edges.filter(({ alert }) => alert.startsWith(`${check}/`)) };
}
