/** How far a request looks back. */

import type { z } from "zod";

import { durationValue } from "../lib/spec-values.js";

const MINUTE_MS = 60_000;
const LONGEST_MS = 400 * 1_440 * MINUTE_MS;

/** A duration as people write it, handed on in milliseconds. */
export function sinceQuery(usual: string): z.ZodType<number, string | undefined> {
  return durationValue({ min: 1_000, max: LONGEST_MS })
    .prefault(usual)
    .describe(`How far to look back, such as 1h30m or 7d (default ${usual})`);
}
