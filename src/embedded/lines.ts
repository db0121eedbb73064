/** Cuts a stream of bytes into lines, with a bound on how long one may grow. */

import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

const LONGEST = 64 * 1024;

/** Calls `take` with every line (without its end), and with what is left when the stream closes. Lines beyond 64 KiB are cut in pieces. */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) take(part.replace(/\r$/, ""));
    if (rest.length > LONGEST) {
      take(rest);
      rest = "";
    }
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
    rest = "";
  });
}
