/** Reasons on their way into a history: each text once, all of them together within a budget. */

/** The longest text a reason may have in a history; all of it is in the store. */
export const MAX_REASON_LENGTH = 120;
/** What the reasons of one sweep may take, in bytes as JSON. */
const REASONS_BUDGET = 16_000;
/** What is kept for every reason whose turn is still to come, as long as that is no more than all of them may ever take. */
const SHORT_REASON = 24;
const MAX_REASONS = 44_000;
/** Quotes and comma around a text in JSON. */
const PUNCTUATION = 3;

export function cutReason(reason: string, length = MAX_REASON_LENGTH): string {
  const points = Array.from(reason.replace(/\s+/g, " ").trim());
  return points.length <= length ? points.join("") : `${points.slice(0, length - 1).join("")}…`;
}

export interface PackedReasons {
  readonly reasons: readonly string[];
  /** Place of a text among the reasons. */
  readonly indexOf: ReadonlyMap<string, number>;
}

/**
 * Every text once, empty ones not at all. When they do not fit, the first ones are whole and the others short: what the monitor
 * knows is not sent again, so the next sweep completes the next ones.
 */
export function packReasons(texts: readonly string[]): PackedReasons {
  const distinct = [...new Set(texts)].filter((text) => text !== "");
  const indexOf = new Map(distinct.map((text, index) => [text, index]));
  const shortest = Math.min(SHORT_REASON, Math.floor(MAX_REASONS / distinct.length) - PUNCTUATION);
  let room = REASONS_BUDGET;
  const reasons = distinct.map((text, index) => {
    const kept = (distinct.length - index - 1) * (shortest + PUNCTUATION);
    const fitted = fitText(text, Math.max(shortest, room - kept - PUNCTUATION));
    room -= jsonBytes(fitted) + PUNCTUATION;
    return fitted;
  });
  return { reasons, indexOf };
}

/** The text, or its beginning with an ellipsis, in at most so many bytes of JSON; never cut inside a code point. */
export function fitText(text: string, maxBytes: number): string {
  if (jsonBytes(text) <= maxBytes) return text;
  let room = maxBytes - jsonBytes("…");
  let kept = "";
  for (const point of text) {
    room -= jsonBytes(point);
    if (room < 0) break;
    kept += point;
  }
  return `${kept}…`;
}

/** Bytes of a text within the quotes of JSON, encoded as UTF-8. */
export function jsonBytes(text: string): number {
  let bytes = 0;
  for (const point of text) {
    const code = point.codePointAt(0) ?? 0;
    if (point === '"' || point === "\\") bytes += 2;
    else if (code < 0x20 || (code >= 0xd800 && code <= 0xdfff)) bytes += 6;
    else bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
