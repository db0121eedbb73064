/** Instants as partitioned tables keep them: the UTC day, and milliseconds into it. */

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const FIVE_MINUTES_MS = 300_000;

export interface Instant {
  /** Days since 1970-01-01 UTC; fits the column until 2059. */
  readonly day: number;
  /** 0 to 86,399,999. */
  readonly ms: number;
}

/** `at` in epoch milliseconds; fractions are cut off. */
export function instantOf(at: number): Instant {
  const whole = Math.floor(at);
  const day = Math.floor(whole / DAY_MS);
  return { day, ms: whole - day * DAY_MS };
}

export function epochMs({ day, ms }: Instant): number {
  return day * DAY_MS + ms;
}

/** `20261123`: a day as partitions are named after. */
export function dayName(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", "");
}

/** The largest multiple of `step` that is not after `at`. */
export function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step;
}
