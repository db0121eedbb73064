/** Lays an explanation out for a person: times in a column, sentences wrapped. */

import { oneLine, wrap } from "../lib/text.js";
import type { Paint, Palette } from "./output/colors.js";
import { plain } from "./output/colors.js";
import { clock } from "../views/times.js";
import type { WhyLine } from "../views/why/why-line.js";

const INDENT = 2;
const GAP = 2;

/** An empty line before every heading but the first. */
export function renderWhy(
  lines: readonly WhyLine[],
  now: number,
  width: number,
  colors: Palette,
): readonly string[] {
  const times = lines.map(({ at }) => (at === undefined ? "" : clock(at, now)));
  const column = Math.max(0, ...times.map((time) => time.length)) + GAP;
  // Where the text of the sentence at hand begins: what belongs to it stands below.
  let left = INDENT;
  return lines.flatMap((line, index) => {
    const text = oneLine(line.text);
    if (line.depth === 0) {
      const parts = wrap(text, width).map(colors.bold);
      return index === 0 ? parts : ["", ...parts];
    }
    const time = line.at === undefined ? "" : (times[index] ?? "").padEnd(column);
    if (line.depth === 1) left = INDENT + time.length;
    const indent = line.depth === 1 ? left : Math.max(left, INDENT + GAP);
    const paint = toneOf(line, colors);
    return wrap(text, Math.max(30, width - indent)).map((part, at) => {
      const margin = at === 0 && time !== "" ? " ".repeat(INDENT) + time : " ".repeat(indent);
      return margin + paint(part);
    });
  });
}

function toneOf({ tone }: WhyLine, colors: Palette): Paint {
  return tone === undefined ? plain : colors[tone];
}
