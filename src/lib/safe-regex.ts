/** Regular expressions from configuration, on an engine whose time grows with the text and never explodes (RE2). */

import { RE2JS } from "re2js";

/** A pattern that is longer is refused: compiled size grows with it. */
const MAX_PATTERN_LENGTH = 1_000;

export interface SafeRegex {
  readonly pattern: string;
  /** Whether the pattern is found anywhere in the text. */
  test(text: string): boolean;
}

export type SafeRegexResult =
  { readonly ok: true; readonly regex: SafeRegex } | { readonly ok: false; readonly reason: string };

/** Compiles RE2 syntax: no back references and no look-around, which need an engine that can hang. */
export function compileSafeRegex(pattern: string): SafeRegexResult {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return { ok: false, reason: `longer than ${MAX_PATTERN_LENGTH} characters` };
  }
  try {
    const compiled = RE2JS.compile(pattern);
    return { ok: true, regex: { pattern, test: (text) => compiled.matcher(text).find() } };
  } catch (error) {
    return { ok: false, reason: wording(error) };
  }
}

function wording(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reason = text.replace(/^error parsing regexp: /, "");
  return /invalid or unsupported Perl syntax|invalid escape sequence: `\\\d/.test(reason)
    ? `${reason} (look-around and back references are not available)`
    : reason;
}
