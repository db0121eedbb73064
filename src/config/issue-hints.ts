/** What somebody who wrote a wrong value probably meant. */

import { didYouMean } from "../lib/did-you-mean.js";
import { printDuration } from "../lib/duration.js";

const YES_NO: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  no: false,
  off: false,
  n: false,
};

const UNITS_MS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|msecs?|millis|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, 1_000],
  [/^(?:m|mins?|minutes?)$/, 60_000],
  [/^(?:h|hrs?|hours?)$/, 3_600_000],
  [/^(?:d|days?)$/, 86_400_000],
  [/^(?:w|weeks?)$/, 604_800_000],
];

export function hintFor(expected: string, value: unknown): string | undefined {
  if (expected.startsWith("a duration")) return durationHint(value) ?? nearWord(expected, value);
  if (expected === "true or false" && typeof value === "string") {
    const meant = YES_NO[value.toLowerCase()];
    return meant === undefined ? undefined : `write ${String(meant)}`;
  }
  if (expected === "a list" && typeof value === "string") {
    return `put it in brackets: [${/^[\w./-]{1,40}$/.test(value) ? value : " … "}]`;
  }
  if (expected === "a text" && typeof value === "number") return "put it in quotes";
  return nearWord(expected, value);
}

function durationHint(value: unknown): string | undefined {
  if (typeof value === "number") return `with its unit: ${value}s?`;
  const [, number = "", unit = ""] =
    typeof value === "string" ? (/^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(value.trim()) ?? []) : [];
  const unitMs = UNITS_MS.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1];
  if (unitMs === undefined) return undefined;
  return `did you mean \`${printDuration(Math.round(Number(number) * unitMs))}\`?`;
}

/** The nearest of the words that were expected: `one of a, b`, `…, or until_ack`. */
function nearWord(expected: string, value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const words = expected
    .replace(/^one of /, "")
    .split(/,? or |, /)
    .filter((word) => /^[\w-]+$/.test(word));
  const near = didYouMean(value, words);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}
