import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

import { parseSize, printSize } from "../../src/lib/size.js";

describe("a size", () => {
  it.each([
    ["0B", 0],
    ["512B", 512],
    ["64KiB", 65_536],
    ["5MiB", 5_242_880],
    ["1GiB", 1_073_741_824],
    ["2TiB", 2_199_023_255_552],
  ])("%s is %i bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    "",
    "64",
    "64K",
    "64KB",
    "64kib",
    "64 KiB",
    "1.5MiB",
    "-1B",
    "1KiB1B",
    "9999999TiB",
    "KiB",
    "1B\n",
  ])("is not %j", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it("reads back whatever it prints", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(1, 1_024, 1_024 ** 2, 1_024 ** 3), (count, unit) => {
        const bytes = Math.floor(count / unit) * unit;
        expect(parseSize(printSize(bytes))).toBe(bytes);
      }),
    );
  });
});
