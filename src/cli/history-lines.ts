/** Readings, buckets and edges as lines of one table: what stayed the same is one line. Pure. */

import type { AlertTransition } from "../domain/story.js";
import type { Outcome } from "../domain/reading.js";
import { parseAlertId } from "../domain/ids.js";
import { spokenDuration } from "../lib/spoken.js";
import type { RollupRow, StoredReading } from "../store/store.js";

export interface HistoryLine {
  readonly from: number;
  /** Absent for what happens at one moment. */
  readonly to?: number;
  readonly what: string;
  readonly latency?: string;
  readonly detail: string;
}

type Counts = Readonly<Record<Outcome, number>>;

const NOTHING: Counts = { good: 0, degraded: 0, bad: 0, unknown: 0 };

/** One line per run of readings with one outcome and one reason, per subject. Oldest first, as `readings` are. */
export function readingLines(readings: readonly StoredReading[]): readonly HistoryLine[] {
  const runs = new Map<string, StoredReading[][]>();
  for (const reading of readings) {
    const key = reading.subject ?? "";
    const own = runs.get(key) ?? [];
    const last = own.at(-1);
    if (last?.[0] !== undefined && sameStory(last[0], reading)) last.push(reading);
    else own.push([reading]);
    runs.set(key, own);
  }
  return [...runs.values()].flat().flatMap(runLine);
}

/** One line per bucket. */
export function bucketLines(rollups: readonly RollupRow[]): readonly HistoryLine[] {
  return rollups.map((row) => ({
    from: row.from,
    to: row.from + row.ms,
    what: worstOf(row),
    detail: [row.subject, countText(row)].filter((part) => part !== undefined).join(": "),
    ...(row.latencyAvgMs === undefined ? {} : { latency: spokenDuration(row.latencyAvgMs) }),
  }));
}

/** One line per edge of an alert. */
export function edgeLines(transitions: readonly AlertTransition[]): readonly HistoryLine[] {
  return transitions.map(({ at, alert, to, reason }) => {
    const { rule, subject } = parseAlertId(alert);
    return {
      from: at,
      what: `→ ${to}`,
      detail: `${subject === undefined ? rule : `${rule}/${subject}`}: ${reason}`,
    };
  });
}

/** `99.2 % good of 240 known readings, 3 unknown`. Unknown readings are no coverage and count for neither side. */
export function shares(readings: readonly StoredReading[], rollups: readonly RollupRow[]): string {
  const counts = [
    ...readings.map(({ outcome }) => ({ ...NOTHING, [outcome]: 1 })),
    ...rollups,
  ].reduce<Counts>(
    (sum, each) => ({
      good: sum.good + each.good,
      degraded: sum.degraded + each.degraded,
      bad: sum.bad + each.bad,
      unknown: sum.unknown + each.unknown,
    }),
    NOTHING,
  );
  const known = counts.good + counts.degraded + counts.bad;
  const unknown = counts.unknown === 0 ? "" : `, ${counts.unknown} unknown`;
  if (known === 0) return `no known readings${unknown}`;
  const degraded = counts.degraded === 0 ? "" : `, ${percent(counts.degraded, known)} degraded`;
  return `${percent(counts.good, known)} good${degraded} of ${known} known readings${unknown}`;
}

function sameStory(a: StoredReading, b: StoredReading): boolean {
  // The store keeps the reason only where the story changed.
  const reason = b.evidence?.reason;
  return a.outcome === b.outcome && (reason === undefined || reason === a.evidence?.reason);
}

function runLine(run: readonly StoredReading[]): readonly HistoryLine[] {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined) return [];
  const latencies = run.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  const average = latencies.reduce((sum, ms) => sum + ms, 0) / Math.max(1, latencies.length);
  const reason = first.evidence?.reason;
  return [
    {
      from: first.at,
      what: run.length === 1 ? first.outcome : `${first.outcome} ×${run.length}`,
      detail: [first.subject, reason].filter((part) => part !== undefined).join(": "),
      ...(run.length === 1 ? {} : { to: last.at }),
      ...(latencies.length === 0 ? {} : { latency: spokenDuration(average) }),
    },
  ];
}

function worstOf({ bad, unknown, degraded }: Counts): string {
  if (bad > 0) return "bad";
  if (unknown > 0) return "unknown";
  return degraded > 0 ? "degraded" : "good";
}

function countText(counts: Counts): string {
  return (["good", "degraded", "bad", "unknown"] as const)
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => `${counts[outcome]} ${outcome}`)
    .join(", ");
}

/** Never rounded up to 100 while something was not. */
function percent(part: number, whole: number): string {
  const share = Math.floor((part / whole) * 1_000) / 10;
  return `${share} %`;
}
