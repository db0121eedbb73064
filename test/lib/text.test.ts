import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { oneLine, truncateBytes, visible, wrap } from "../../src/lib/text.js";

describe("visible text", () => {
  test.each([
    ["a terminal escape", "\u001b[31mred", "␛[31mred"],
    ["a null byte", "a\u0000b", "a␀b"],
    ["a delete", "a\u007fb", "a␡b"],
    ["an eight-bit escape", "a\u009bb", "a\ufffdb"],
    ["a right-to-left override", "a\u202eb", "a\ufffdb"],
    ["half a character", "a\ud83d", "a\ufffd"],
    ["a carriage return", "safe\rgone", "safe␍gone"],
    ["plain words, lines and tabs", "two\nlines\tand a tab 🔔", "two\nlines\tand a tab 🔔"],
  ])("shows %s", (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test("on one line has no line break of any kind left", () => {
    expect(oneLine("  a\r\nb\u2028c\u2029d\n\n\te ")).toBe("a b c d e");
  });
});

describe("cutting to a size", () => {
  test.each([
    ["fits exactly", "abcdef", 6, "abcdef"],
    ["is one byte too long", "abcdefg", 6, "abc…"],
    ["would break in a character of four bytes", "a🔔🔔🔔", 9, "a🔔…"],
    ["has room for the ellipsis alone", "abcdef", 3, "…"],
  ])("text that %s", (_what, text, maxBytes, cut) => {
    expect(truncateBytes(text, maxBytes)).toBe(cut);
  });

  test("never exceeds the size, never breaks a character, keeps what fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 3, max: 60 }), (text, maxBytes) => {
        const cut = truncateBytes(text, maxBytes);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
        expect(cut.isWellFormed()).toBe(true);
        if (Buffer.byteLength(text) <= maxBytes) expect(cut).toBe(text);
        else expect(text.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });

  test("counts what a character costs where it goes", () => {
    expect(truncateBytes("<<<<", 12, (character) => (character === "<" ? 6 : 1))).toBe("<…");
  });
});

describe("wrapping", () => {
  test("loses no word and widens a line only for a word that is longer than it", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 5, max: 40 }), (given, width) => {
        const lines = wrap(given.join(" "), width);
        expect(lines.join(" ")).toBe(given.join(" "));
        for (const line of lines) if (line.includes(" ")) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
