import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { tickLane } from "../../src/domain/lane-clock.js";

describe("a sweep lane's clock", () => {
  it.each([
    ["the next tick is one interval on", 1_000, 31_000],
    ["a late tick does not shift the ones after it", 29_999, 31_000],
    ["ticks that were missed are skipped", 100_000, 121_000],
    ["a tick used exactly on the grid goes to the next one", 31_000, 61_000],
    ["a tick used before the grid begins goes to its first interval", 0, 31_000],
  ])("%s", (_name, now, next) => {
    expect(tickLane({ anchor: 1_000, next: 1_000 }, 30_000, now).next).toBe(next);
  });

  it("always ticks on its grid, after now, at most one interval away", () => {
    fc.assert(
      fc.property(
        fc.nat(1e9),
        fc.integer({ min: 1_000, max: 3_600_000 }),
        fc.nat(1e9),
        (anchor, everyMs, lateMs) => {
          const now = anchor + lateMs;
          const { next } = tickLane({ anchor, next: anchor, sweptAt: 5 }, everyMs, now);
          expect((next - anchor) % everyMs).toBe(0);
          expect(next).toBeGreaterThan(now);
          expect(next).toBeLessThanOrEqual(now + everyMs);
        },
      ),
    );
  });

  it("keeps everything else that the clock knows", () => {
    const clock = { anchor: 0, next: 0, sweptAt: 7, stale: true as const, overflow: 3 };
    expect(tickLane(clock, 10_000, 5)).toEqual({ ...clock, next: 10_000 });
  });
});
