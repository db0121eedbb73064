/** A regular expression as configuration writes it, as a zod schema. */

import { z } from "zod";

import { compileSafeRegex, type SafeRegex } from "./safe-regex.js";

/** RE2 syntax, handed on as it is written. */
export function regexValue(): z.ZodType<string, string> {
  return z.string("expected a regular expression").superRefine((text, context) => {
    const result = compileSafeRegex(text);
    if (!result.ok)
      context.addIssue({ code: "custom", message: `not a regular expression: ${result.reason}` });
  });
}

/** The expression of a text that {@link regexValue} took. Throws on any other. */
export function regexOf(text: string): SafeRegex {
  const result = compileSafeRegex(text);
  if (!result.ok) throw new RangeError(result.reason);
  return result.regex;
}
