/** Sizes as people write them: `512B`, `64KiB`, `5MiB`. Inside, everything is bytes. */

const UNITS = [
  ["TiB", 1_024 ** 4],
  ["GiB", 1_024 ** 3],
  ["MiB", 1_024 ** 2],
  ["KiB", 1_024],
  ["B", 1],
] as const;

/** What to tell a person who wrote something else. */
export const SIZE_EXPECTED = "a size such as 512B, 64KiB or 5MiB";

/** Bytes, or undefined for anything but one whole number and one binary unit: no spaces, no fractions, no bare numbers. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(B|KiB|MiB|GiB|TiB)$/.exec(text);
  const unit = UNITS.find(([name]) => name === match?.[2]);
  if (match === null || unit === undefined) return undefined;
  const bytes = Number(match[1]) * unit[1];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** With the largest unit that leaves a whole number: `65536` is `64KiB`, `65537` is `65537B`. */
export function printSize(bytes: number): string {
  const [unit, unitBytes] = UNITS.find(([, size]) => bytes > 0 && bytes % size === 0) ?? (["B", 1] as const);
  return `${bytes / unitBytes}${unit}`;
}
