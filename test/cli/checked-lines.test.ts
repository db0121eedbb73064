import { describe, expect, it } from "@jest/globals";

import { checkedLines } from "../../src/cli/checked-lines.js";
import { palette } from "../../src/cli/output/colors.js";
import { checkPlan } from "../support/plans.js";

const WIDTH = 60;

/** The lines of the evidence, without their label. */
function evidence(text: string): readonly string[] {
  const reading = { outcome: "bad" as const, fields: {}, evidence: text };
  const lines = checkedLines("shop/api/ready", checkPlan(), { readings: [reading] }, WIDTH, palette(false));
  return lines.slice(lines.findIndex((line) => line.startsWith("evidence"))).map((line) => line.slice(10));
}

describe("the evidence of a probe", () => {
  it("is shown whole where it fits, line by line", () => {
    expect(evidence("HTTP 503\n{}")).toEqual(["HTTP 503", "{}"]);
  });

  it("goes on in the next line where the window ends: a body of one line loses nothing", () => {
    const body = JSON.stringify({ status: "error", checks: Object.fromEntries(parts(12)) });
    const lines = evidence(`HTTP 503\n${body}`);
    expect(lines.slice(1).join("")).toBe(body);
    expect(Math.max(...lines.map((line) => line.length))).toBe(WIDTH - 10);
  });

  it("says where it was cut, when it is longer than a person reads", () => {
    const lines = evidence("x".repeat(5_000));
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe(`${"x".repeat(49)}…`);
    expect(evidence("a\n".repeat(20)).slice(-2)).toEqual(["a", "a…"]);
  });

  it("is never cut inside a character", () => {
    expect(evidence("🔔".repeat(60))).toEqual(["🔔".repeat(50), "🔔".repeat(10)]);
  });
});

function parts(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, index) => [`part-${index}`, "connection refused"]);
}
