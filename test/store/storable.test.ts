import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { storableFields, storableJson, storableSubject, storableText } from "../../src/store/storable.js";

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

describe("what the database holds", () => {
  it("is any text, well formed and without zero characters", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = storableText(text);
        expect(stored.isWellFormed() && !stored.includes("\0")).toBe(true);
        expect(stored).toHaveLength(text.length);
        expect(storableText(stored)).toBe(stored);
      }),
    );
  });

  it("is text as it was, when nothing is wrong with it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\0"));
        expect(storableText(text)).toBe(text);
      }),
    );
  });

  it("is a subject of at most 512 characters, cut between characters", () => {
    const cut = storableSubject(`a${"🦀".repeat(300)}`);
    expect([cut.length, cut.isWellFormed()]).toEqual([512, true]);
  });

  it("is JSON whose every text and name is storable, and whose shape is kept", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, fc.jsonValue()), (value) => {
        const stored = storableJson(value);
        expect(stored).not.toContain("\\u0000");
        expect(stored.isWellFormed()).toBe(true);
      }),
    );
    const facts = { list: [1, "a\0", null], deep: { yes: true } };
    expect(JSON.parse(storableJson(facts))).toEqual({ list: [1, "a\uFFFD", null], deep: { yes: true } });
  });

  it("keeps a text that only looks like an escape", () => {
    expect(JSON.parse(storableJson({ text: "\\u0000" }))).toEqual({ text: "\\u0000" });
  });

  it.each([
    [undefined, null],
    [{}, null],
    [{ a: Number.NaN }, null],
    [{ a: 1.5, b: Infinity }, '{"a":1.5}'],
  ])("of the fields %j is %j", (fields, stored) => {
    expect(storableFields(fields)).toBe(stored);
  });
});
