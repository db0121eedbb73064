/** A timeline for a person: aligned and wrapped. */

import { oneLine, wrap } from "../lib/text.js";
import type { TimelineLine } from "../views/timeline.js";
import { clock } from "../views/times.js";
import type { Palette } from "./output/colors.js";

/** Aligned, wrapped to `width`; times are of the day of `now` or say their day. */
export function timelineLines(
  lines: readonly TimelineLine[],
  now: number,
  width: number,
  colors: Palette,
): readonly string[] {
  const times = lines.map(({ at }) => clock(at, now));
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  const kindWidth = Math.max(0, ...lines.map(({ kind }) => kind.length));
  const indent = timeWidth + kindWidth + 6;
  return lines.flatMap(({ kind, text, by }, index) => {
    const said = wrap(oneLine(by === undefined ? text : `${text} (${by})`), Math.max(20, width - indent));
    const head = `  ${(times[index] ?? "").padEnd(timeWidth)}  ${colors.bold(kind)}${" ".repeat(kindWidth - kind.length)}  `;
    return said.map((part, at) => (at === 0 ? head + part : " ".repeat(indent) + part).trimEnd());
  });
}
