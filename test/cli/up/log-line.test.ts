import { describe, expect, test } from "@jest/globals";

import { readLogLine } from "../../../src/cli/up/log-line.js";

describe("a line of a child is shown", () => {
  const pino = (level: number, rest: object) =>
    JSON.stringify({ level, time: 1, role: "worker", pid: 7, ...rest });

  test.each([
    [pino(30, { msg: "running" }), "info", "running"],
    [
      pino(30, { msg: "swept", checks: 4, by: "me", deep: { a: 1 } }),
      "info",
      'swept checks=4 by=me deep={"a":1}',
    ],
    [pino(20, { msg: "swept" }), "debug", "swept"],
    [pino(40, { msg: "late" }), "warn", "late"],
    [pino(50, { msg: "broken" }), "error", "broken"],
    [pino(60, { msg: "gone" }), "error", "gone"],
    ["CRITICAL  Controller cannot serve", "info", "CRITICAL  Controller cannot serve"],
    ["{not json", "info", "{not json"],
    ['{"specversion":"1.0"}', "info", '{"specversion":"1.0"}'],
    ["", "info", ""],
  ])("%s", (line, level, text) => {
    expect(readLogLine(line)).toEqual({ level, text });
  });
});
