/** Fetches a large file over HTTPS to disk, telling how far it is. */

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { EnvHttpProxyAgent, fetch } from "undici";

/** How a long piece of work tells what it does. */
export interface Progress {
  /** A step begins, or something worth knowing happened: one line. */
  note(text: string): void;
  /** How far the step is; `total` is undefined when nobody knows. */
  bytes(done: number, total: number | undefined): void;
}

/** Fetches a JSON document. Rejects with an `Error` whose message names the host and the reason. */
export async function fetchJson(url: string, accept: string, signal?: AbortSignal): Promise<unknown> {
  const answer = await request(url, { accept }, signal);
  return answer.json();
}

/** Writes what `url` gives to `file` and resolves to the sha256 of it, hexadecimal. */
export async function download(
  url: string,
  file: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await request(url, {}, signal);
  if (answer.body === null) throw new Error(`${new URL(url).host} answered without a body`);
  const total = Number(answer.headers.get("content-length") ?? Number.NaN);
  const hash = createHash("sha256");
  let done = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      progress.bytes(done, Number.isNaN(total) ? undefined : total);
      next(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(answer.body), count, createWriteStream(file));
  return hash.digest("hex");
}

async function request(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
) {
  const { host } = new URL(url);
  // A proxy named in the environment is how many machines reach the outside at all.
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout: 10_000 },
    headersTimeout: 20_000,
    bodyTimeout: 30_000,
  });
  let answer;
  try {
    answer = await fetch(url, { headers: { ...headers }, dispatcher, signal: signal ?? null });
  } catch (error) {
    throw new Error(`cannot reach ${host}: ${reasonOf(error)}`, { cause: error });
  }
  if (!answer.ok) throw new Error(`${host} answered ${answer.status}`);
  return answer;
}

/** What undici wraps as "fetch failed". */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}
