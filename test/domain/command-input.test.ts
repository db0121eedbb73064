import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import {
  commandObject,
  durationField,
  numberField,
  present,
  textField,
  textsField,
} from "../../src/domain/command-input.js";

describe("a payload", () => {
  it.each([undefined, null, "acknowledge", 7, true, [], [{ by: "ada" }]])(
    "of %p is an empty command",
    (raw) => {
      expect(commandObject(raw)).toEqual({});
    },
  );

  it("is taken as it is when it is one object", () => {
    expect(commandObject({ by: "ada", extra: 1 })).toEqual({ by: "ada", extra: 1 });
  });

  it("of any kind never makes a field throw", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        const input = commandObject(raw);
        const value = commandObject({ by: raw });
        for (const each of [input, value]) {
          const text = textField(each, "by");
          expect(text === undefined || text.length > 0).toBe(true);
          const number = numberField(each, "by");
          expect(number === undefined || Number.isFinite(number)).toBe(true);
          expect(textsField(each, "by") ?? ["x"]).not.toHaveLength(0);
          durationField(each, "by");
        }
      }),
    );
  });
});

describe("a text field", () => {
  it.each([
    [" ada ", "ada"],
    [7, "7"],
    ["", undefined],
    ["   ", undefined],
    [{ name: "ada" }, undefined],
    [null, undefined],
  ])("%p is read as %p", (raw, text) => {
    expect(textField({ by: raw }, "by")).toBe(text);
  });

  it("is cut to code points, never inside one", () => {
    expect(textField({ note: "😀😀😀" }, "note", 2)).toBe("😀😀");
  });
});

describe("a number field", () => {
  it.each([
    [7, 7],
    ["1772366400", 1_772_366_400],
    [" 7 ", 7],
    ["-1.5", -1.5],
    ["7 minutes", undefined],
    ["", undefined],
    [Number.NaN, undefined],
    [[7], undefined],
  ])("%p is read as %p: a button's episode is a text", (raw, number) => {
    expect(numberField({ episode: raw }, "episode")).toBe(number);
  });
});

describe("a duration field", () => {
  it.each([
    ["30m", "30m"],
    [1_000, 1_000],
    // Not thirty milliseconds: who writes a text must write its unit.
    ["30", "30"],
    [undefined, undefined],
    [null, undefined],
    ["", undefined],
    // No duration, and no default either: whoever folds the command refuses it.
    [true, "true"],
    [{ minutes: 5 }, '{"minutes":5}'],
  ])("%p is read as %p", (raw, value) => {
    expect(durationField({ for: raw }, "for")).toBe(value);
  });
});

describe("a list of texts", () => {
  it.each([
    [
      ["a", " b ", 7, "", null],
      ["a", "b"],
    ],
    ["a", ["a"]],
    [[], undefined],
    ["", undefined],
    [{ a: 1 }, undefined],
  ])("%p is read as %p", (raw, texts) => {
    expect(textsField({ alerts: raw }, "alerts")).toEqual(texts);
  });

  it("has an end", () => {
    expect(textsField({ alerts: Array.from({ length: 9_000 }, String) }, "alerts")).toHaveLength(500);
  });
});

describe("present", () => {
  it("leaves out what is absent", () => {
    expect(present({ by: "ada", for: undefined, episode: 0 })).toEqual({ by: "ada", episode: 0 });
  });
});
