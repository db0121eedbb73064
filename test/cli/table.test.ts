import { stripVTControlCharacters } from "node:util";

import { describe, expect, it } from "@jest/globals";

import { palette, plain } from "../../src/cli/output/colors.js";
import { table } from "../../src/cli/output/table.js";
import type { Column } from "../../src/cli/output/table.js";

interface Row {
  readonly name: string;
  readonly count: number;
  readonly text: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", text: ({ name }) => name },
  { title: "COUNT", text: ({ count }) => String(count), align: "right" },
  { title: "TEXT", text: ({ text }) => text, flexible: true },
];
const ROWS: readonly Row[] = [
  { name: "a", count: 1, text: "short" },
  { name: "longer", count: 1_000, text: "one sentence that is too long for its place" },
];

describe("a table", () => {
  it("is as wide as its text", () => {
    expect(table(COLUMNS, ROWS, 80).join("\n")).toMatchInlineSnapshot(`
     "NAME    COUNT  TEXT
     a           1  short
     longer   1000  one sentence that is too long for its place"
    `);
  });

  it("cuts its flexible column to the window", () => {
    const lines = table(COLUMNS, ROWS, 44);
    expect(lines.join("\n")).toMatchInlineSnapshot(`
     "NAME    COUNT  TEXT
     a           1  short
     longer   1000  one sentence that is too lon…"
    `);
    expect(Math.max(...lines.map((line) => line.length))).toBe(44);
  });

  it("puts the flexible column below when too little would be left of it", () => {
    expect(table(COLUMNS, ROWS, 30).join("\n")).toMatchInlineSnapshot(`
     "NAME    COUNT
     a           1
       short
     longer   1000
       one sentence that is too lo…"
    `);
  });

  it("never cuts a column that wants to be whole: it stands below, over as many lines as it takes", () => {
    const whole = COLUMNS.map((column) => (column.flexible ? { ...column, whole: true as const } : column));
    expect(table(whole, ROWS, 44).join("\n")).toMatchInlineSnapshot(`
     "NAME    COUNT
     a           1
       short
     longer   1000
       one sentence that is too long for its
       place"
    `);
    expect(table(whole, ROWS, 80)).toEqual(table(COLUMNS, ROWS, 80));
  });

  it("has no heading without rows", () => {
    expect(table(COLUMNS, [], 80)).toEqual([]);
  });

  it("counts characters, not bytes", () => {
    const [, first, second] = table(COLUMNS, [{ name: "…ü…", count: 1, text: "x" }, ...ROWS], 80);
    expect(Array.from(first ?? "").indexOf("x")).toBe(second?.indexOf("short"));
  });

  it("shows terminal escapes from outside instead of obeying them, and keeps a line a line", () => {
    const [, line] = table(COLUMNS, [{ name: "a", count: 1, text: "\u001b[2Jgone\nnext" }], 80);
    expect(line).toBe("a         1  ␛[2Jgone next");
  });

  it("paints without moving anything", () => {
    const { bad } = palette(true);
    const painted = COLUMNS.map((column) => ({ ...column, paint: () => bad }));
    expect(table(painted, ROWS, 44).map((line) => stripVTControlCharacters(line))).toEqual(
      table(COLUMNS, ROWS, 44),
    );
  });

  it("has no escapes when colours are off", () => {
    const { bad } = palette(false);
    expect(bad("x")).toBe(plain("x"));
  });
});
