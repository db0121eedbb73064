import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { parseJsonPath, readJsonPath, sameJson, type Json } from "../../src/lib/json-path.js";

const ANSWER: Json = {
  status: "ok",
  data: {
    checks: [
      { name: "db", ok: true },
      { name: "redis", ok: false },
    ],
  },
  "a name": { "with.dots": 1, "with'quote": 2 },
  list: [1, null, "three"],
  empty: null,
};

describe("a JSON path", () => {
  it.each<[string, Json | undefined]>([
    ["$", ANSWER],
    ["$.status", "ok"],
    ["status", "ok"],
    ["data.checks[1].name", "redis"],
    ["$.data.checks[-1].ok", false],
    ["$['a name']['with.dots']", 1],
    ['$["a name"]["with\'quote"]', 2],
    ["$['a name']['with\\'quote']", 2],
    ["$.list[2]", "three"],
    ["$.empty", null],
    ["$.list[9]", undefined],
    ["$.status.length", undefined],
    ["$.list.length", undefined],
    ["$.missing.deeper", undefined],
    ["$.constructor", undefined],
    ["$.__proto__", undefined],
    ["$.data[0]", undefined],
  ])("%s leads to %j", (path, expected) => {
    expect(readJsonPath(ANSWER, path)).toEqual(expected);
  });

  it.each(["", "$.", "$..a", "a b", "$.a[", "$[*]", "$.a[?(@.b)]", "$.a]", "$['a", "a..b", "$ .a"])(
    "%p is none",
    (text) => {
      expect(() => parseJsonPath(text)).toThrow(RangeError);
    },
  );

  it("leads to any place when each name is quoted", () => {
    const name = fc.string({ minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (names, value) => {
        const nested = names.reduceRight<Json>(
          (inner, each) => Object.fromEntries([[each, inner]]),
          value as Json,
        );
        const path = names.map((each) => `[${JSON.stringify(each)}]`);
        return sameJson(readJsonPath(nested, `$${path.join("")}`) as Json, value as Json);
      }),
    );
  });
});

describe("equality of JSON", () => {
  it("does not depend on the order of names, but on that of items", () => {
    expect(sameJson({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
  });

  it.each<[Json, Json]>([
    [1, "1"],
    [null, false],
    [{}, []],
    [{ a: null }, {}],
    [{ a: null }, { b: null }],
    [[1], [1, null]],
    [{ toString: 1 }, {}],
  ])("tells %j from %j", (a, b) => {
    expect(sameJson(a, b)).toBe(false);
    expect(sameJson(b, a)).toBe(false);
  });

  it("agrees with printing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        sameJson(value as Json, JSON.parse(JSON.stringify(value)) as Json),
      ),
    );
  });
});
