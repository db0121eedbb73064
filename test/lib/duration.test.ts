import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

import { MAX_DURATION_MS, parseDuration, printDuration } from "../../src/lib/duration.js";

describe("a duration", () => {
  it.each([
    ["0s", 0],
    ["500ms", 500],
    ["90s", 90_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["7d", 604_800_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["1m1ms", 60_001],
    ["3650d", MAX_DURATION_MS],
  ])("%s is %i ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    "",
    "5",
    "5 m",
    " 5m",
    "5m ",
    "-5m",
    "+5m",
    "1.5h",
    "5M",
    "5min",
    "5 minutes",
    "1m1h",
    "1m2m",
    "1ms1s",
    "m",
    "1h 30m",
    "5m\n",
    "٥m",
    "1e3s",
    "3651d",
    "99999999999999999999d",
    "1w",
    "PT5M",
  ])("is not %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("reads back whatever it prints", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), (ms) => {
        expect(parseDuration(printDuration(ms))).toBe(ms);
      }),
    );
  });

  it("prints nothing longer than what was written", () => {
    const unit = (name: string, max: number): fc.Arbitrary<string> =>
      fc.option(fc.integer({ min: 1, max }), { nil: 0 }).map((n) => (n === 0 ? "" : `${n}${name}`));
    const written = fc
      .tuple(unit("d", 99), unit("h", 99), unit("m", 99), unit("s", 99), unit("ms", 999))
      .map((parts) => parts.join(""))
      .filter((text) => text !== "");
    fc.assert(
      fc.property(written, (text) => {
        const ms = parseDuration(text) ?? Number.NaN;
        expect(parseDuration(printDuration(ms))).toBe(ms);
      }),
    );
  });

  it("never takes what has no unit at its end", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^(\d+(d|h|m|s|ms))+$/.test(text)) expect(parseDuration(text)).toBeUndefined();
      }),
    );
  });
});
