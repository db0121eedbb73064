/** The values that a configuration writes in its own way, as zod schemas: durations, sizes, references to secrets. */

import { z } from "zod";

import { DURATION_EXPECTED, MAX_DURATION_MS, parseDuration, printDuration } from "./duration.js";
import { parseSize, printSize, SIZE_EXPECTED } from "./size.js";

/** What a schema says of a field that takes nothing but a reference to a secret; diagnostics never print what stands there instead. */
export const SECRET_EXPECTED = "env:NAME or file:PATH";
/** `env:NAME` or `file:PATH`. */
export const SECRET_PATTERN = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/;

/** For editors only, which see a text before its variables are expanded. */
const DURATION_FORM = "^(?=.)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$|\\$\\{";
const SIZE_FORM = "^\\d+([KMGT]i)?B$|\\$\\{";

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A duration, given as text and handed on in milliseconds; bounds in milliseconds, both inclusive. */
export function durationValue({ min = 0, max = MAX_DURATION_MS }: Bounds = {}): z.ZodType<number, string> {
  return z
    .string(`expected ${DURATION_EXPECTED}`)
    .meta({ examples: ["30s"], pattern: DURATION_FORM })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined) return refuse(context, `expected ${DURATION_EXPECTED}`);
      if (ms < min) return refuse(context, `expected at least ${printDuration(min)}`);
      if (ms > max) return refuse(context, `expected at most ${printDuration(max)}`);
      return ms;
    });
}

/** A size, given as text and handed on in bytes; bounds in bytes, both inclusive. */
export function sizeValue({ min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds = {}): z.ZodType<
  number,
  string
> {
  return z
    .string(`expected ${SIZE_EXPECTED}`)
    .meta({ examples: ["64KiB"], pattern: SIZE_FORM })
    .transform((text, context) => {
      const bytes = parseSize(text);
      if (bytes === undefined) return refuse(context, `expected ${SIZE_EXPECTED}`);
      if (bytes < min) return refuse(context, `expected at least ${printSize(min)}`);
      if (bytes > max) return refuse(context, `expected at most ${printSize(max)}`);
      return bytes;
    });
}

/** A reference to a secret, handed on as it is written. */
export function secretValue(): z.ZodType<string, string> {
  return z.string(`expected ${SECRET_EXPECTED}`).regex(SECRET_PATTERN, `expected ${SECRET_EXPECTED}`);
}

function refuse(context: z.core.$RefinementCtx<string>, message: string): never {
  context.issues.push({ code: "custom", message, input: context.value });
  return z.NEVER;
}
