/** Secrets of tokens: 256 random bits, shown once; what is kept is their SHA-256. */

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** The prefix lets secret scanners find one that was committed by mistake. */
const PATTERN = /^tocsin_[A-Za-z0-9_-]{43}$/;
const BYTES = 32;

export function newTokenSecret(): string {
  return `tocsin_${randomBytes(BYTES).toString("base64url")}`;
}

/** Short, no secret, and never that of another token. */
export function newTokenId(): string {
  return randomBytes(5).toString("hex");
}

/** Whether this can be a secret at all: everything else is turned away before anything is computed. */
export function looksLikeTokenSecret(text: string): boolean {
  return PATTERN.test(text);
}

/** SHA-256 in hexadecimal. A slow hash would only help against guessing, and 256 random bits are not guessed. */
export function tokenHash(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** In constant time. */
export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return left.length === right.length && timingSafeEqual(left, right);
}
