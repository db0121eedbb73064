/** Where nodes of the YAML tree are in their text, and where a part of a scalar's value is. */

import type { Node, Scalar } from "yaml";

import type { Range } from "./source.js";

/** From the first character of the node to the end of its value; undefined for a node that was never in a text. */
export function rangeOf(node: Node): Range | undefined {
  if (node.range === undefined || node.range === null) return undefined;
  const [start, end] = node.range;
  return { start, end };
}

/**
 * Where a part of a text value is in the source. Quotes, escapes, folded lines and indentation are skipped; a value whose
 * characters cannot be found in order gives the whole scalar.
 */
export function rangeWithin(source: string, scalar: Scalar, span: Range): Range {
  const whole = rangeOf(scalar as Node) ?? { start: 0, end: 0 };
  if (typeof scalar.value !== "string") return whole;
  const at = align(source, whole, scalar.value, Math.max(span.end, span.start + 1));
  const start = at[span.start] ?? endOf(at, whole);
  const last = at[Math.max(span.start, span.end - 1)];
  return at.length === 0 ? whole : { start, end: last === undefined ? start + 1 : last + 1 };
}

function endOf(at: readonly number[], whole: Range): number {
  const last = at.at(-1);
  return last === undefined ? whole.end : last + 1;
}

/** The offset of every character of the value, up to `count` of them; empty when they do not match. */
function align(source: string, whole: Range, value: string, count: number): readonly number[] {
  const offsets: number[] = [];
  let at = whole.start + (/^["']/.test(source[whole.start] ?? "") ? 1 : 0);
  if (/^[|>]/.test(source[whole.start] ?? "")) {
    at = afterIndentation(source, source.indexOf("\n", whole.start) + 1, value, 0);
  }
  for (let index = 0; index < Math.min(count, value.length); index++) {
    const character = value[index] ?? "";
    const isSpace = /\s/.test(character);
    while (at < whole.end && source[at] !== character && !(isSpace && /\s/.test(source[at] ?? ""))) at += 1;
    if (at >= whole.end) return character === "\n" ? offsets : [];
    offsets.push(at);
    at = source[at] === "\n" ? afterIndentation(source, at + 1, value, index + 1) : at + 1;
  }
  return offsets;
}

/** The start of a line's content: indentation that is not part of the value is skipped. */
function afterIndentation(source: string, lineStart: number, value: string, index: number): number {
  const indentation = /^[ \t]*/.exec(source.slice(lineStart, lineStart + 200))?.[0].length ?? 0;
  const kept = /^ */.exec(value.slice(index, index + 200))?.[0].length ?? 0;
  return lineStart + Math.max(0, indentation - kept);
}
