/** One file of the configuration: its text, its syntax tree, and offsets as lines and columns. */

import type { Document, LineCounter } from "yaml";

import { hideColumns, maskSecrets } from "./mask.js";
import type { Place } from "./problem.js";

/** Text with the offsets of its lines. */
export interface SourceText {
  readonly text: string;
  readonly lines: LineCounter;
}

export interface Source extends SourceText {
  /** As the person who started us would name it. */
  readonly file: string;
  readonly document: Document.Parsed;
}

/** Offsets into the text of a source; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The place of a range: cut at the end of its first line, at least one column wide; `secret` hides what is in it. */
export function placeOf({ text, lines }: SourceText, range: Range, secret = false): Place {
  const start = Math.min(range.start, text.length);
  const { line, col: column } = lines.linePos(start);
  const lineStart = start - column + 1;
  const newline = text.indexOf("\n", start);
  const whole = text.slice(lineStart, newline < 0 ? text.length : newline).replace(/\r$/, "");
  const endColumn = Math.max(column + 1, Math.min(range.end - lineStart, whole.length) + 1);
  const masked = maskSecrets(whole);
  const shown = secret ? hideColumns(masked, column - 1, endColumn - 1) : masked;
  return { line, column, endColumn, text: shown };
}
