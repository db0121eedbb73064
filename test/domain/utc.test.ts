import { describe, expect, it } from "@jest/globals";

import { utc, utcNear } from "../../src/domain/utc.js";

const at = Date.UTC(2026, 10, 24, 11, 29, 55, 589);

describe("an instant in a text", () => {
  it("has its day, its seconds and its zone, and no more", () => {
    expect(utc(at)).toBe("2026-11-24 11:29:55 UTC");
  });

  it.each([
    ["the same day", Date.UTC(2026, 10, 24), "11:29:55 UTC"],
    ["another day", Date.UTC(2026, 10, 25), "2026-11-24 11:29:55 UTC"],
  ])("is short where the reader's own time is on %s", (_day, near, text) => {
    expect(utcNear(at, near)).toBe(text);
  });
});
