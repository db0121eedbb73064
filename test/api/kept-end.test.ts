import { Readable } from "node:stream";

import { expect, test } from "@jest/globals";

import { keptEnd } from "../../src/api/kept-end.js";

const LIMITS = { keepBytes: 10, maxBytes: 100 };
const kept = (...chunks: readonly string[]): Promise<string> =>
  keptEnd(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), LIMITS);

test("a short body is kept whole", async () => {
  expect(await kept()).toBe("");
  expect(await kept("abc", "def")).toBe("abcdef");
  expect(await kept("0123456789")).toBe("0123456789");
});

test("of a long one the end is kept, however it came", async () => {
  expect(await kept("0123456789a")).toBe("…123456789a");
  expect(await kept(...Array.from("0123456789abcdef"))).toBe("…6789abcdef");
  expect(await kept("x".repeat(50), "y")).toBe("…xxxxxxxxxy");
});

test("a character that the cut goes through is left out", async () => {
  expect(await kept("éééééé")).toBe("…ééééé");
  expect(await kept("aéééééb")).toBe("…ééééb");
});

test("bytes that are no text do no harm", async () => {
  expect(await keptEnd(Readable.from([Buffer.from([0xff, 0x41])]), LIMITS)).toBe("\uFFFDA");
});

test("one without end is refused", async () => {
  await expect(kept(...Array.from({ length: 11 }, () => "x".repeat(10)))).rejects.toMatchObject({
    code: "API-005",
  });
});
