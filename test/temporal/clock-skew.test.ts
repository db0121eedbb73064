import { describe, expect, it } from "@jest/globals";

import { skewFinding } from "../../src/temporal/clock-skew.js";

const SECOND = 1_000;

describe("the doctor's finding on this machine's clock", () => {
  it.each([
    [3, 12, "pass", /^3 ms ahead of the server's, give or take 12 ms$/],
    [-999, 0, "pass", /^999 ms behind the server's, give or take 0 ms$/],
    [1_001, 0, "warn", /^1.0 s ahead of the server's/],
    [-30_000, 0, "warn", /^30.0 s behind the server's/],
    [-30_001, 0, "fail", /^30.0 s behind the server's/],
    [3_600 * SECOND, 50, "fail", /^3600.0 s ahead of the server's, give or take 50 ms\. .*set it /],
  ] as const)("of %i ms, give or take %i, is a %s", (aheadMs, uncertaintyMs, status, message) => {
    const finding = skewFinding({ aheadMs, uncertaintyMs, at: 0 });
    expect(finding.status).toBe(status);
    expect(finding.message).toMatch(message);
  });

  it("accuses no clock of what a slow answer may have made", () => {
    expect(skewFinding({ aheadMs: 1_200, uncertaintyMs: 400, at: 0 }).status).toBe("pass");
    expect(skewFinding({ aheadMs: 31 * SECOND, uncertaintyMs: 2 * SECOND, at: 0 }).status).toBe("warn");
  });

  it("does not call a clock right that it could not look at closely", () => {
    const { status, message } = skewFinding({ aheadMs: 100, uncertaintyMs: 1_500, at: 0 });
    expect(status).toBe("warn");
    expect(message).toBe(
      "100 ms ahead of the server's, give or take 1.5 s: the server answers too slowly to tell more",
    );
  });
});
