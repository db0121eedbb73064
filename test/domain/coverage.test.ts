import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { cover, coverageFor, coverageRatio, ENOUGH_COVERAGE, noCoverage } from "../../src/domain/coverage.js";

const SECOND = 1_000;

/** Readings at these seconds after the first one, which is at 0. */
function seen(windowMs: number, ...seconds: readonly number[]): ReturnType<typeof cover> {
  return [0, ...seconds].reduce((coverage, at) => cover(coverage, at * SECOND), noCoverage(windowMs));
}

describe("coverage", () => {
  it("is the share of the expected readings that are known", () => {
    const window = 120 * SECOND;
    expect(coverageRatio(seen(window, 30, 60, 90, 120), 120 * SECOND, 30 * SECOND)).toBe(1);
    expect(coverageRatio(seen(window, 120), 120 * SECOND, 30 * SECOND)).toBe(0.5);
    expect(coverageRatio(seen(window), 600 * SECOND, 30 * SECOND)).toBe(0);
  });

  it("looks at the trailing window only", () => {
    const window = 100 * SECOND;
    const coverage = seen(window, 10, 20, 30, 40, 50, 60, 300);
    expect(coverageRatio(coverage, 300 * SECOND, 10 * SECOND)).toBeCloseTo(0.1);
  });

  it("is whole for a window shorter than the interval, when the reading at hand is known", () => {
    expect(coverageRatio(seen(0), 0, 30 * SECOND)).toBe(1);
    expect(coverageRatio(seen(SECOND, 31), 31 * SECOND, 30 * SECOND)).toBe(1);
  });

  it("needs six of ten readings to be enough", () => {
    expect(ENOUGH_COVERAGE).toBe(0.6);
  });

  it("does not count an old reading that comes late, and does not lose the newer ones for it", () => {
    const window = 10 * SECOND;
    const coverage = cover(seen(window, 95, 96, 97), 2 * SECOND);
    expect(coverageRatio(coverage, 97 * SECOND, 5 * SECOND)).toBe(1);
    expect(coverage.counts.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it("takes eleven numbers at most, is never above 1, and never misses a reading of the window", () => {
    const times = fc.array(fc.nat(1_000_000), { maxLength: 80 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1_000, max: 600_000 }), (unordered, windowMs) => {
        const readings = [0, ...unordered].sort((a, b) => a - b);
        const coverage = readings.reduce((sum, at) => cover(sum, at), noCoverage(windowMs));
        const last = readings.at(-1) ?? 0;
        const inWindow = readings.filter((at) => at >= last - windowMs).length;
        const inWindowAndSlot = readings.filter((at) => at >= last - windowMs * 1.1).length;
        expect(coverage.counts.length).toBeLessThanOrEqual(11);
        const known = coverageRatio(coverage, last, windowMs / 1_000) * 1_000;
        expect(Math.round(known)).toBeGreaterThanOrEqual(inWindow);
        expect(Math.round(known)).toBeLessThanOrEqual(inWindowAndSlot);
      }),
    );
  });

  it("of a shorter window is that of the same readings, within two of them", () => {
    const windows = fc.integer({ min: 10_000, max: 3_600_000 });
    const everyMs = 5 * SECOND;
    fc.assert(
      fc.property(windows, windows, fc.integer({ min: 1, max: 2_000 }), (one, other, count) => {
        const [shorter, longer] = [Math.min(one, other), Math.max(one, other)];
        const times = Array.from({ length: count }, (_, index) => index * everyMs);
        const under = (windowMs: number): ReturnType<typeof cover> =>
          times.reduce((coverage, at) => cover(coverage, at), noCoverage(windowMs));
        const knownMs = times.at(-1) ?? 0;
        const edited = coverageFor(under(longer), shorter, knownMs);
        expect(edited.counts.length).toBeLessThanOrEqual(11);
        const known = (coverage: ReturnType<typeof cover>): number =>
          (coverageRatio(coverage, knownMs, everyMs) * shorter) / everyMs;
        expect(Math.abs(known(edited) - known(under(shorter)))).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("of a longer window still knows everything that the shorter one did", () => {
    const coverage = seen(60 * SECOND, 10, 20, 30, 40, 50);
    const edited = coverageFor(coverage, 600 * SECOND, 50 * SECOND);
    expect(coverageRatio(edited, 50 * SECOND, 10 * SECOND)).toBeCloseTo(0.1);
  });
});
