import { describe, expect, test } from "@jest/globals";

import {
  looksLikeTokenSecret,
  newTokenId,
  newTokenSecret,
  sameHash,
  tokenHash,
} from "../../src/lib/token-secret.js";

describe("a token's secret", () => {
  test("has 256 random bits, and never the same twice", () => {
    const secrets = Array.from({ length: 1_000 }, newTokenSecret);
    expect(new Set(secrets).size).toBe(1_000);
    const bytes = Buffer.from(secrets[0]?.slice("tocsin_".length) ?? "", "base64url");
    expect(bytes).toHaveLength(32);
    expect(secrets.every(looksLikeTokenSecret)).toBe(true);
    expect(new Set(Array.from({ length: 1_000 }, newTokenId)).size).toBe(1_000);
  });

  test.each([
    "",
    "tocsin_",
    "x".repeat(50),
    `tocsin_${"a".repeat(42)}`,
    `tocsin_${"a".repeat(44)}`,
    `tocsin_${"é".repeat(43)}`,
  ])("is told from %j without computing anything", (text) => {
    expect(looksLikeTokenSecret(text)).toBe(false);
  });

  test("is known again by what it hashes to, and by nothing else", () => {
    const hash = tokenHash("tocsin_a");
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(sameHash(hash, tokenHash("tocsin_a"))).toBe(true);
    expect(sameHash(hash, tokenHash("tocsin_b"))).toBe(false);
    expect(sameHash(hash, hash.slice(2))).toBe(false);
  });
});
