import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { packKeys, unpackKeys } from "../../src/domain/sorted-keys.js";
import { distances, fromDistances, packColumn, unpackColumn } from "../../src/domain/column.js";

const columns = fc.array(fc.oneof(fc.constant(null), fc.constant(0), fc.integer(), fc.maxSafeInteger()), {
  maxLength: 40,
});

describe("a column", () => {
  it("is the same after it was packed, as JSON too", () => {
    fc.assert(
      fc.property(columns, (values) => {
        const packed = JSON.parse(JSON.stringify(packColumn(values))) as ReturnType<typeof packColumn>;
        expect(unpackColumn(packed)).toEqual(values);
      }),
    );
  });

  it("counts equal neighbours where that is shorter", () => {
    expect(packColumn([7, 7, 7, null, null])).toEqual({ runs: [7, 3, null, 2] });
    expect(packColumn([1, 2, 3])).toEqual({ each: [1, 2, 3] });
  });

  it("keeps its numbers as distances, and its gaps as gaps", () => {
    expect(distances([1_000, null, 1_005, 1_003])).toEqual([1_000, null, 5, -2]);
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 2 ** 50 }))), (values) => {
        expect(fromDistances(distances(values))).toEqual(values);
      }),
    );
  });
});

describe("sorted keys", () => {
  it("are the same after they were packed", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "binary", maxLength: 12 })), (unsorted) => {
        const keys = [...unsorted].sort();
        expect(unpackKeys(JSON.parse(JSON.stringify(packKeys(keys))) as ReturnType<typeof packKeys>)).toEqual(
          keys,
        );
      }),
    );
  });

  it("say what they share once", () => {
    expect(packKeys(["api/live/down", "api/live/slow"])).toEqual({
      shared: [0, 9],
      rest: ["api/live/down", "slow"],
    });
  });
});
