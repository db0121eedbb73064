/** A worker that cannot start ends by itself: who supervises it can only start a process again that is gone. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";

import { packageRoot } from "../../src/lib/package-root.js";

jest.setTimeout(60_000);

let dir: string;
/** A port of loopback on which nobody listens. */
let closed: number;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-"));
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  closed = (server.address() as AddressInfo).port;
  server.close();
});

afterAll(() => rm(dir, { recursive: true, force: true }));

it.each([
  ["no store is named", [], 2, "RUN-003"],
  ["Temporal does not answer", ["--database", "postgres://127.0.0.1:1/tocsin"], 3, "TMP-001"],
])("ends with a code and a reason when %s", async (_when, flags, exitCode, code) => {
  const { DATABASE_URL: _url, ...env } = process.env;
  const main = join(packageRoot, "dist", "src", "cli", "main.js");
  const address = ["--address", `127.0.0.1:${closed}`];
  const worker = spawn(process.execPath, [main, "worker", "--dir", dir, ...address, ...flags], { env });
  let said = "";
  worker.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [ended] = (await once(worker, "close")) as [number | null];
  expect({ ended, said }).toEqual({ ended: exitCode, said: expect.stringContaining(`error ${code}:`) });
});
