/** Problems as people read them: where, what, the line with a caret, what would be right; and the same as JSON. */

import { printable } from "./printable.js";
import type { Problem } from "./problem.js";

/** More than anybody mends at once. */
export const MAX_SHOWN = 50;
/** Wider lines are shown around their caret. */
const MAX_WIDTH = 120;

/** In order of file, line and column, each once, errors before warnings of the same place. */
export function sortProblems(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const order = new Map(files.map((file, index) => [file, index]));
  const rank = ({ file }: Problem): number => order.get(file) ?? files.length;
  const seen = new Set<string>();
  return [...problems]
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0) ||
        Number(a.severity === "warning") - Number(b.severity === "warning"),
    )
    .filter((problem) => {
      const { code, file, place, message } = problem;
      const key = `${code} ${file} ${place?.line ?? 0} ${place?.column ?? 0} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
}

/** All of them as text, at most {@link MAX_SHOWN}, with a count at the end. Takes them sorted. */
export function renderProblems(problems: readonly Problem[]): string {
  const shown = problems.slice(0, MAX_SHOWN).map(renderProblem);
  const hidden = problems.length - shown.length;
  const more = hidden > 0 ? [`… and ${hidden} more\n`] : [];
  return [...shown, ...more, summary(problems)].join("\n");
}

/** One problem: `file:line:column: severity: message [code]`, the line, the caret with the hint. */
export function renderProblem(problem: Problem): string {
  const { file, place, severity, message, hint, code } = problem;
  const where = place === undefined ? file : `${file}:${place.line}:${place.column}`;
  const title = `${where}: ${severity}: ${printable(message)} [${code}]`;
  const advice = hint === undefined ? "" : ` ${printable(hint)}`;
  if (place === undefined) return `${title}\n${advice === "" ? "" : ` ${advice}\n`}`;
  const { text, column, width } = shownLine(place.text, place.column, place.endColumn - place.column);
  const number = String(place.line);
  const gutter = " ".repeat(number.length);
  const caret = `${" ".repeat(column - 1)}${"^".repeat(width)}`;
  return `${title}\n  ${number} | ${text}\n  ${gutter} | ${caret}${advice}\n`;
}

function shownLine(
  line: string,
  column: number,
  width: number,
): { readonly text: string; readonly column: number; readonly width: number } {
  // Every character is one column here, whatever it was: tabs and the invisible are shown as one sign each.
  const visible = printable(line);
  if (visible.length <= MAX_WIDTH) return { text: visible, column, width };
  const from = Math.max(0, Math.min(column - 1 - Math.floor(MAX_WIDTH / 3), visible.length - MAX_WIDTH));
  const cut = visible.slice(from, from + MAX_WIDTH);
  const before = from > 0 ? "…" : "";
  const after = from + MAX_WIDTH < visible.length ? "…" : "";
  const shownColumn = column - from + before.length;
  return {
    text: before + cut + after,
    column: shownColumn,
    width: Math.max(1, Math.min(width, MAX_WIDTH + before.length - shownColumn + 1)),
  };
}

/** `2 errors, 1 warning` */
function summary(problems: readonly Problem[]): string {
  const count = (severity: Problem["severity"]): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const said = (number: number, word: string): readonly string[] =>
    number === 0 ? [] : [`${number} ${word}${number === 1 ? "" : "s"}`];
  return `${[...said(count("error"), "error"), ...said(count("warning"), "warning")].join(", ")}\n`;
}

export interface JsonProblem {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint?: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly endColumn?: number;
}

/** For machines: at most {@link MAX_SHOWN}, `more` counts the rest. Takes them sorted. */
export function problemsAsJson(problems: readonly Problem[]): {
  readonly problems: readonly JsonProblem[];
  readonly more: number;
} {
  const shown = problems.slice(0, MAX_SHOWN).map(({ place, ...problem }) => {
    if (place === undefined) return problem;
    const { line, column, endColumn } = place;
    return { ...problem, line, column, endColumn };
  });
  return { problems: shown, more: problems.length - shown.length };
}
