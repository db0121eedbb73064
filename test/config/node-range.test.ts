import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { isMap, isScalar, parseDocument, type Scalar } from "yaml";

import { rangeWithin } from "../../src/config/node-range.js";

function scalarIn(source: string): Scalar {
  const contents = parseDocument(source).contents;
  const value: unknown = isMap(contents) ? contents.items[0]?.value : undefined;
  if (!isScalar(value)) throw new Error(`no scalar in ${source}`);
  return value;
}

/** The source text of the first occurrence of `word` in the value. */
function found(source: string, word: string): string {
  const scalar = scalarIn(source);
  const start = String(scalar.value).indexOf(word);
  const range = rangeWithin(source, scalar, { start, end: start + word.length });
  return source.slice(range.start, range.end);
}

describe("a part of a text", () => {
  it.each([
    ["plain", "when: status > latncy && x"],
    ["double quotes", 'when: "status > latncy && x"'],
    ["single quotes", "when: 'status > latncy && x'"],
    ["escapes before it", 'when: "a == \\"b\\" && \\\\ latncy"'],
    ["doubled quotes before it", "when: 'it''s == latncy'"],
    ["a literal block", "when: |\n  status > 1\n    && latncy\n"],
    ["a folded block", "when: >-\n    status > 1\n    && latncy\n    && x\n"],
    ["a block with an indentation of its own", "when: |2\n    status\n  latncy\n"],
    ["several plain lines", "when: status > 1\n  && latncy\n"],
    ["several quoted lines", 'when: "status > 1\n\n  && latncy"\n'],
    ["windows line ends", "when: |\r\n  status\r\n  latncy\r\n"],
  ])("is found in %s", (_, source) => {
    expect(found(source, "latncy")).toBe("latncy");
  });

  it("is found wherever it is in any line of words", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.nat(5),
        fc.nat(2),
        (words, at, style) => {
          const marked = words.map((each, index) => (index === at % words.length ? `@${each}@` : `x${each}`));
          const text = marked.join(" ");
          const source =
            [`k: x ${text}`, `k: "x ${text}"`, `k: |\n  x ${marked.join("\n   ")}\n`][style] ?? "";
          const target = marked[at % words.length] ?? "";
          expect(found(source, target)).toBe(target);
        },
      ),
    );
  });

  it("that cannot be found is the whole text", () => {
    const source = 'when: "\\u0041bc"';
    const scalar = scalarIn(source);
    expect(rangeWithin(source, scalar, { start: 0, end: 1 })).toEqual({ start: 6, end: source.length });
  });
});
