import { describe, expect, it } from "@jest/globals";

import { compileSafeRegex } from "../../src/lib/safe-regex.js";

function found(pattern: string, text: string): boolean {
  const result = compileSafeRegex(pattern);
  if (!result.ok) throw new Error(result.reason);
  return result.regex.test(text);
}

describe("a safe regular expression", () => {
  it.each([
    ["OK", "all OK here", true],
    ["^OK$", "all OK here", false],
    ["(?i)ok", "OK", true],
    ["\\bdown\\b", "db down", true],
    ["[0-9]{3}", "42", false],
    ["(?<code>5..)", "503", true],
  ])("%s in %j is %s", (pattern, text, expected) => {
    expect(found(pattern, text)).toBe(expected);
  });

  it.each([
    ["^(a+)+$", `${"a".repeat(200_000)}!`],
    ["(x+x+)+y", "x".repeat(200_000)],
    ["(.*a){20}b", "a".repeat(20_000)],
  ])("%s ends on a text that hangs a backtracking engine", (pattern, text) => {
    expect(found(pattern, text)).toBe(false);
  });

  it.each([
    ["(a", "missing closing )"],
    ["a{2000}", "invalid repeat count"],
    ["(?=a)", "look-around and back references are not available"],
    ["(a)\\1", "look-around and back references are not available"],
    ["a".repeat(1_001), "longer than 1000 characters"],
  ])("refuses %s", (pattern, reason) => {
    const result = compileSafeRegex(pattern);
    expect(result.ok ? "accepted" : result.reason).toContain(reason);
  });
});
