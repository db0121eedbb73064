/** Source lines fit to be shown: whatever may be a secret in them becomes stars of the same length, so that carets stay right. */

import { isSecretName } from "../lib/redact.js";

/** A key with what follows it on the line: a quoted text, or everything up to a comma, a bracket or a comment; not what is in brackets. */
const PAIR =
  /(["']?)([A-Za-z_][\w.-]*)\1(\s*:\s*)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[^\s[{,\]}#][^,\]}#\n]*)/g;
/** Where the secret is, not the secret: `env:…`, `file:…`, `${…}` without a default. */
const REFERENCE = /^["']?(?:(?:env|file):|\$\{\w+\}?["']?\s*$)/;
const NESTED = /^[&*|>]/;
/** `user:password` of an address, and values in its query. */
const CREDENTIALS = /(\/\/[^\s/:@"']*:)([^\s/@"']+)(?=@)/g;
const QUERY = /([?&][\w.-]*=)([^&\s"'#]+)/g;
/** `Bearer …` and `Basic …` wherever they stand. */
const SCHEME = /\b(Bearer|Basic)(\s+)([\w.~+/=-]{4,})/gi;

/** Names of our own format that sound like secrets and hold none. */
const HARMLESS: ReadonlySet<string> = new Set(["exit_code"]);

export function maskSecrets(line: string): string {
  return line
    .replace(PAIR, (whole, quote: string, key: string, colon: string, value: string) =>
      isSecretName(key) && !HARMLESS.has(key) && !REFERENCE.test(value) && !NESTED.test(value)
        ? `${quote}${key}${quote}${colon}${stars(value)}`
        : whole,
    )
    .replace(CREDENTIALS, (_, before: string, password: string) => before + stars(password))
    .replace(QUERY, (whole, before: string, value: string) =>
      isSecretName(before) ? before + stars(value) : whole,
    )
    .replace(SCHEME, (_, scheme: string, space: string, value: string) => scheme + space + stars(value));
}

function stars(value: string): string {
  const trimmed = value.trimEnd();
  return "*".repeat(trimmed.length) + value.slice(trimmed.length);
}

/** The line with a part of it hidden; `end` is exclusive. */
export function hideColumns(line: string, start: number, end: number): string {
  return line.slice(0, start) + "*".repeat(Math.max(0, Math.min(end, line.length) - start)) + line.slice(end);
}
