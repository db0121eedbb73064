/** Lays an explanation out for a person: times in a column, sentences wrapped. */

import { oneLine, wrap } from "../../lib/text.js";
import type { Paint, Palette } from "../output/colors.js";
import { plain } from "../output/colors.js";
import { clock } from "../output/times.js";
import type { WhyLine } from "./why-line.js";

const INDENT = 2;

/** An empty line before every heading but the first. */
export function renderWhy(
  lines: readonly WhyLine[],
  now: number,
  width: number,
  colors: Palette,
): readonly string[] {
  const times = lines.map(({ at }) => (at === undefined ? "" : clock(at, now)));
  const column = Math.max(0, ...times.map((time) => time.length));
  return lines.flatMap((line, index) => {
    const text = oneLine(line.text);
    if (line.depth === 0) {
      const parts = wrap(text, width).map(colors.bold);
      return index === 0 ? parts : ["", ...parts];
    }
    const left = INDENT + (line.at === undefined && line.depth === 1 ? 0 : column + (column === 0 ? 0 : 2));
    const paint = toneOf(line, colors);
    return wrap(text, Math.max(30, width - left)).map((part, at) => {
      const time =
        at === 0 && line.at !== undefined
          ? (times[index] ?? "").padEnd(column + 2)
          : " ".repeat(left - INDENT);
      return `${" ".repeat(INDENT)}${time}${paint(part)}`;
    });
  });
}

function toneOf({ tone }: WhyLine, colors: Palette): Paint {
  return tone === undefined ? plain : colors[tone];
}
