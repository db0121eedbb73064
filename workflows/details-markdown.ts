/**
 * Pieces of the Markdown that the Temporal UI shows as current details: lists of one level. Its tables have no space between columns,
 * and a list within a list becomes part of the line above it.
 */

/** Text that came from outside, as it is: on one line, and nothing in it is obeyed as Markdown. */
export function plain(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .replace(/[\\`*<[\]]/g, "\\$&");
}

/** Lines for at most `most` items; the rest, and what is `hidden` beside them, is counted. */
export function shortened<T>(
  items: readonly T[],
  most: number,
  linesOf: (item: T) => readonly string[],
  hidden = 0,
): readonly string[] {
  const more = Math.max(0, items.length - most) + hidden;
  return [...items.slice(0, most).flatMap(linesOf), ...(more === 0 ? [] : [`- and ${more} more`])];
}

/** Sections with nothing in them are left out; a list that follows a text without a blank line is part of it. */
export function sections(parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** A list under its title; nothing at all when there is nothing in it. */
export function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`**${title}**`, "", ...lines];
}
