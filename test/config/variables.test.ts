import { describe, expect, it } from "@jest/globals";

import { expandVariables } from "../../src/config/variables.js";

const ENV = { HOST: "db", EMPTY: "", A_1: "x", DOLLAR: "$HOST ${HOST}", API_KEY: "k" };

describe("variables in texts", () => {
  it.each([
    ["plain", "plain"],
    ["http://${HOST}:80", "http://db:80"],
    ["${HOST}${A_1}", "dbx"],
    ["${NOPE:-fallback}", "fallback"],
    ["${NOPE:-}", ""],
    ["${HOST:-fallback}", "db"],
    ["${EMPTY:-fallback}", "fallback"],
    ["[${EMPTY}]", "[]"],
    ["${NOPE:-http://x:80/a b}", "http://x:80/a b"],
    ["${NOPE:-5$$}", "5$"],
    ["$$", "$"],
    ["$${HOST}", "${HOST}"],
    ["$$$${HOST}", "$${HOST}"],
    ["$$${HOST}", "$db"],
    ["$HOST costs $5", "$HOST costs $5"],
    ["${DOLLAR}", "$HOST ${HOST}"],
    ["env:${HOST}", "env:${HOST}"],
    ["file:/run/$$/${NOPE}", "file:/run/$$/${NOPE}"],
  ])("%s becomes %s", (text, expected) => {
    expect(expandVariables(text, ENV)).toEqual({ text: expected, problems: [] });
  });

  it.each([
    ["a ${NOPE} b", "2-9 the environment variable `NOPE` is not set"],
    ["${toString}", "0-11 the environment variable `toString` is not set"],
    ["${}", "0-3 not a variable's name"],
    ["${a-b}", "0-6 not a variable's name"],
    ["x ${HOST", "2-8 `${` is never closed"],
    [
      "${API_KEY}",
      "0-10 `API_KEY` sounds like a secret, and its value becomes part of the applied configuration",
    ],
  ])("%s is told", (text, problem) => {
    const { problems } = expandVariables(text, ENV);
    expect(problems.map(({ start, end, message }) => `${start}-${end} ${message}`)).toEqual([problem]);
  });

  it("that cannot be expanded stay as they are written", () => {
    expect(expandVariables("${NOPE} ${HOST}", ENV).text).toBe("${NOPE} db");
  });
});
