/** Text from a file, made fit for a terminal without moving its columns. */

const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/gu;

/** Tabs become arrows and control characters a replacement sign, one for one: nothing in a file can steer a terminal. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, (character) => (character === "\t" ? "→" : "\ufffd")).toWellFormed();
}
