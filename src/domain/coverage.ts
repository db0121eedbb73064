/**
 * How much of the trailing window was seen: known readings over expected ones (lifecycle 3). Kept as counts in slots of a tenth
 * of the window, so that an alert carries eleven small numbers however long its `for` is.
 */

const SLOTS = 10;
/** Below this share the monitor was blind, and what it knows is not enough to page at the deadline. */
export const ENOUGH_COVERAGE = 0.6;

export interface Coverage {
  /** The window whose tenths the slots are: the `for` under which they were counted. */
  readonly windowMs: number;
  /** Index of the slot that `counts[0]` counts; slot 0 begins at the first bad reading. */
  readonly first: number;
  readonly counts: readonly number[];
}

export function noCoverage(windowMs: number): Coverage {
  return { windowMs, first: 0, counts: [] };
}

function slotMsOf(windowMs: number): number {
  return Math.max(windowMs, 1) / SLOTS;
}

function slotOf(sinceStartMs: number, windowMs: number): number {
  return Math.max(0, Math.floor(sinceStartMs / slotMsOf(windowMs)));
}

/** Adds one known reading, `sinceStartMs` after the first one; slots that left the window are dropped. */
export function cover(coverage: Coverage, sinceStartMs: number): Coverage {
  const slot = slotOf(sinceStartMs, coverage.windowMs);
  const first = Math.max(coverage.first, slot - SLOTS);
  const counts = Array.from(
    { length: Math.max(slot - first + 1, coverage.first + coverage.counts.length - first, 0) },
    (_, index) => coverage.counts[first + index - coverage.first] ?? 0,
  );
  const position = slot - first;
  if (position >= 0) counts[position] = (counts[position] ?? 0) + 1;
  return { ...coverage, first, counts };
}

/** The same readings, up to the newest at `knownMs`, in slots of another window: each slot's are taken as evenly spread over it. */
export function coverageFor(coverage: Coverage, windowMs: number, knownMs: number): Coverage {
  if (windowMs === coverage.windowMs) return coverage;
  const last = slotOf(knownMs, windowMs);
  const first = Math.max(0, last - SLOTS);
  const wasMs = slotMsOf(coverage.windowMs);
  const isMs = slotMsOf(windowMs);
  const counts = Array.from({ length: last - first + 1 }, (_, index) => {
    const from = (first + index) * isMs;
    const known = coverage.counts.reduce((sum, count, place) => {
      const start = (coverage.first + place) * wasMs;
      const end = Math.min(start + wasMs, Math.max(knownMs, start + 1));
      const sharedMs = Math.max(0, Math.min(end, from + isMs) - Math.max(start, from));
      return sum + (count * sharedMs) / (end - start);
    }, 0);
    return Math.round(known * 100) / 100;
  });
  return { windowMs, first, counts };
}

/** Share of the expected readings that are known in the window that ends `sinceStartMs` after the first one; at most 1. */
export function coverageRatio(coverage: Coverage, sinceStartMs: number, everyMs: number): number {
  const { windowMs } = coverage;
  const from = slotOf(Math.max(0, sinceStartMs - windowMs), windowMs);
  const known = coverage.counts.reduce(
    (sum, count, index) => (coverage.first + index >= from ? sum + count : sum),
    0,
  );
  return Math.min(1, known / Math.max(1, windowMs / everyMs));
}
