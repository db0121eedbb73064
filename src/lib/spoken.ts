/** Amounts as a person says them, in reasons and tables: two digits that matter, never a raw number of milliseconds. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KIB = 1024;

function rounded(value: number): string {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** `2 ms`, `1.5 s`, `12 min`, `3 h`, `5 days`. */
export function spokenDuration(durationMs: number): string {
  if (Math.round(durationMs) < SECOND_MS) return `${Math.round(durationMs)} ms`;
  if (durationMs < 2 * MINUTE_MS) return `${rounded(durationMs / SECOND_MS)} s`;
  if (durationMs < 2 * HOUR_MS) return `${Math.round(durationMs / MINUTE_MS)} min`;
  if (durationMs < 2 * DAY_MS) return `${Math.round(durationMs / HOUR_MS)} h`;
  return `${Math.floor(durationMs / DAY_MS)} days`;
}

/** `17 bytes`, `64 KiB`, `1.5 MiB`. */
export function spokenSize(bytes: number): string {
  if (bytes < KIB) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  return bytes < KIB * KIB ? `${rounded(bytes / KIB)} KiB` : `${rounded(bytes / KIB / KIB)} MiB`;
}
