/** Reads a body of any length and keeps the end of it: where a job's output says what went wrong. */

import type { Readable } from "node:stream";

import { TocsinError } from "../errors.js";

export interface KeptEnd {
  readonly keepBytes: number;
  readonly maxBytes: number;
}

/** Rejects with API-005 beyond `maxBytes`. What is cut begins with an ellipsis; bytes that are no UTF-8 become `�`. */
export async function keptEnd(stream: Readable, { keepBytes, maxBytes }: KeptEnd): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  let kept = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > maxBytes) throw new TocsinError("API-005", `the body is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
    kept += chunk.length;
    while (kept - (chunks[0]?.length ?? 0) >= keepBytes) kept -= chunks.shift()?.length ?? 0;
  }
  const end = Buffer.concat(chunks).subarray(-keepBytes);
  const text = end.toString("utf8");
  return total > end.length ? `…${text.replace(/^\uFFFD+/, "")}` : text;
}
