import { expect, test } from "@jest/globals";

import { defaultFingerprint, MAX_FINGERPRINT } from "../../src/domain/fingerprint.js";

const hash = (text: string): string => `${text.length}`.padStart(64, "0").split("").reverse().join("");

test("a title is its own fingerprint: it will be read at night", () => {
  expect(defaultFingerprint("disk full on db1", hash)).toBe("disk full on db1");
  expect(defaultFingerprint("x".repeat(MAX_FINGERPRINT), hash)).toHaveLength(MAX_FINGERPRINT);
});

test("long titles that begin alike are told apart, and stay within the limit", () => {
  const [one, two] = [200, 201].map((length) => defaultFingerprint("x".repeat(length), hash));
  expect(one).not.toBe(two);
  expect(one).toHaveLength(MAX_FINGERPRINT);
});

test("no character is cut in two", () => {
  expect(defaultFingerprint("🦀".repeat(100), hash).isWellFormed()).toBe(true);
});
