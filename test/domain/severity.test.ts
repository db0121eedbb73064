import { describe, expect, it } from "@jest/globals";

import { highestSeverity, SEVERITIES, severityRank } from "../../src/domain/severity.js";

describe("severities", () => {
  it("are ordered: critical above warning above info", () => {
    expect([...SEVERITIES].sort((a, b) => severityRank(b) - severityRank(a))).toEqual([
      "critical",
      "warning",
      "info",
    ]);
    expect(severityRank("info")).toBe(0);
  });

  it.each([
    [["info", "critical", "warning"], "critical"],
    [["info", "warning"], "warning"],
    [["info"], "info"],
    [[], undefined],
  ] as const)("the highest of %p is %p", (severities, highest) => {
    expect(highestSeverity(severities)).toBe(highest);
  });
});
