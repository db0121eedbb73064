/** Durations as people write them: `90s`, `5m`, `1h30m`, `500ms`, `7d`. Inside, everything is milliseconds. */

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** Ten years: more is a slip, and less than any clock's limit. */
export const MAX_DURATION_MS = 3_650 * 86_400_000;

/** What to tell a person who wrote something else. */
export const DURATION_EXPECTED = "a duration such as 30s, 5m, 1h30m or 7d";

/**
 * Milliseconds, or undefined for anything but whole numbers with units, the largest unit first, each at most once: no spaces, no
 * signs, no fractions, no bare numbers, nothing above {@link MAX_DURATION_MS}.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (match === null || text === "") return undefined;
  const total = UNITS.reduce((sum, [, ms], index) => sum + Number(match[index + 1] ?? 0) * ms, 0);
  return total <= MAX_DURATION_MS ? total : undefined;
}

/** The shortest way to write it: `90_000` is `1m30s`, nothing is `0s`. Takes whole milliseconds from 0 on. */
export function printDuration(ms: number): string {
  let rest = ms;
  let text = "";
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text === "" ? "0s" : text;
}
