/** Draws a time line that went another way: expected and seen side by side, on the line's own time. */

import type { Pair, Timeline } from "./timeline-shape.js";

interface Row {
  readonly atMs: number;
  readonly reading?: string;
  readonly expected?: string;
  readonly seen?: string;
}

/** One row for each reading that differs from the one before, each act and each happening; what has no counterpart is marked. */
export function drawLine(line: Timeline, pairs: readonly Pair[]): string {
  const rows = [...readingRows(line), ...pairs.map(pairRow)].sort((a, b) => a.atMs - b.atMs);
  const cells = [
    ["time", "reading", "expected", "seen", ""],
    ...rows.map(({ atMs, reading = "", expected, seen }) => {
      const happened = expected !== undefined || seen !== undefined;
      const differs = happened && (expected === undefined || seen === undefined);
      const missing = differs ? "-" : "";
      return [printTime(atMs), reading, expected ?? missing, seen ?? missing, differs ? "<--" : ""];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const drawn = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [line.text, "", ...drawn].join("\n");
}

function readingRows({ readings, acts }: Timeline): readonly Row[] {
  const changes = readings.filter(({ verdict }, index) => verdict !== readings[index - 1]?.verdict);
  return [
    ...changes.map(({ atMs, verdict }) => ({ atMs, reading: verdict })),
    ...acts.map(({ atMs, what }) => ({ atMs, reading: `(${what})` })),
  ];
}

function pairRow({ expected, seen }: Pair): Row {
  const late = expected && seen && seen.atMs !== expected.atMs ? ` (${printTime(seen.atMs)})` : "";
  return {
    atMs: expected?.atMs ?? seen?.atMs ?? 0,
    ...(expected ? { expected: expected.what } : {}),
    ...(seen ? { seen: seen.what + late } : {}),
  };
}

/** `1:30`, `1:02:03`, `0:00.250`. */
export function printTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `:${pad(seconds % 60)}${ms % 1000 === 0 ? "" : `.${pad(ms % 1000, 3)}`}`;
  return hours === 0 ? `${minutes}${rest}` : `${hours}:${pad(minutes)}${rest}`;
}
