import { describe, expect, it } from "@jest/globals";

import { didYouMean, editDistance } from "../../src/lib/did-you-mean.js";

describe("did you mean", () => {
  const words = ["timeout", "every", "labels", "latency_ms", "depends_on", "for", "notify"];
  it.each([
    ["timeuot", "timeout"],
    ["evry", "every"],
    ["Label", "labels"],
    ["depends-on", "depends_on"],
    ["latency", "latency_ms"],
    ["fro", "for"],
    ["notfy", "notify"],
    ["x", undefined],
    ["completely", undefined],
    ["", undefined],
  ])("%s gives %s", (word, expected) => {
    expect(didYouMean(word, words)).toBe(expected);
  });

  it.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "acb", 1],
    ["abc", "abcd", 1],
    ["kitten", "sitting", 3],
    ["aaaa", "bbbb", 4],
  ])("counts from %s to %s %i edits", (a, b, edits) => {
    expect(editDistance(a, b, 5)).toBe(edits);
  });

  it("stops counting when the words are too far apart", () => {
    expect(editDistance("aaaaaaaa", "bbbbbbbb", 2)).toBe(3);
    expect(editDistance("a", "abcdefg", 2)).toBe(3);
  });
});
