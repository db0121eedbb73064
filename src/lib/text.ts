/** Text that came from outside, made safe to show: no control characters, no half characters, no lines wider than the reader's window. */

const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/gu;
const ELLIPSIS = "…";
const ELLIPSIS_BYTES = 3;

function showControl(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : "\ufffd";
}

/**
 * Shows control characters instead of obeying them: terminal escapes become control pictures (`␛`), bidirectional overrides and
 * other invisible ones become `�`, half surrogate pairs too. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROL, (character) =>
      character === "\n" || character === "\t" ? character : showControl(character),
    );
}

/** {@link visible} on one line: every run of white space, line separators included, becomes one space. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/gu, " ")).trim();
}

/**
 * Cuts to at most `maxBytes` (at least 3), never inside a code point; what was cut ends in an ellipsis. `bytesOf` says what one
 * character costs where the text goes; plain UTF-8 unless told.
 */
export function truncateBytes(
  text: string,
  maxBytes: number,
  bytesOf: (character: string) => number = (character) => Buffer.byteLength(character),
): string {
  const characters = Array.from(text);
  let used = 0;
  let roomForEllipsis = 0;
  for (const [index, character] of characters.entries()) {
    used += bytesOf(character);
    if (used > maxBytes) return characters.slice(0, roomForEllipsis).join("") + ELLIPSIS;
    if (used + ELLIPSIS_BYTES <= maxBytes) roomForEllipsis = index + 1;
  }
  return text;
}

/** Breaks at spaces into lines of at most `width` code points; a longer word (an address, a command) keeps a line of its own, whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").filter((each) => each !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && Array.from(longer).length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
