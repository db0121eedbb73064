import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DAY_MS, dayName, epochMs, floorTo, instantOf } from "../../src/store/instant.js";

/** The days that the column holds. */
const anyTime = fc.integer({ min: 0, max: 32_767 * DAY_MS + DAY_MS - 1 });

describe("an instant", () => {
  it("is a day and the milliseconds into it, and nothing is lost", () => {
    fc.assert(
      fc.property(anyTime, (at) => {
        const instant = instantOf(at);
        expect(epochMs(instant)).toBe(at);
        expect(instant.ms).toBeGreaterThanOrEqual(0);
        expect(instant.ms).toBeLessThan(DAY_MS);
      }),
    );
  });

  it("comes later in its columns when it comes later in time", () => {
    fc.assert(
      fc.property(anyTime, anyTime, (a, b) => {
        const [one, two] = [instantOf(a), instantOf(b)];
        expect(Math.sign(one.day - two.day || one.ms - two.ms)).toBe(Math.sign(a - b));
      }),
    );
  });

  it("forgets fractions of a millisecond", () => {
    expect(instantOf(DAY_MS + 1.75)).toEqual({ day: 1, ms: 1 });
  });

  it("lies in a day that partitions are named after", () => {
    expect(dayName(instantOf(Date.UTC(2026, 1, 28, 23, 59, 59, 999)).day)).toBe("20260228");
  });

  it("is rounded down to a step, not up", () => {
    fc.assert(
      fc.property(anyTime, fc.constantFrom(300_000, 3_600_000, DAY_MS), (at, step) => {
        const floor = floorTo(at, step);
        expect(floor % step).toBe(0);
        expect(at - floor).toBeGreaterThanOrEqual(0);
        expect(at - floor).toBeLessThan(step);
      }),
    );
  });
});
