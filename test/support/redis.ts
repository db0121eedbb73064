/** The machine's own Redis for tests: a server in a temporary folder, on a free port, that keeps nothing. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Redis } from "ioredis";

import { closedPort } from "./tcp-target.js";

export interface TestRedis {
  readonly port: number;
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** An independent client, to put things there with. */
  readonly client: Redis;
  /** Stops the process where it is: it accepts and answers no more. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a server; options as on its command line: `["--requirepass", "x"]`. */
export async function startTestRedis(...options: readonly string[]): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), "tocsin-redis-"));
  const port = await closedPort();
  const base = ["--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no"];
  const listening = options.includes("--tls-port")
    ? ["--port", "0", "--tls-port", String(port)]
    : ["--port", String(port)];
  const given = options.filter((each) => each !== "--tls-port");
  const child = spawn("redis-server", [...base, ...listening, ...given], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes("Ready to accept connections")) break;
  }
  child.stdout.resume();
  if (child.exitCode !== null) throw new Error(lines.join("\n"));
  const client = new Redis({ port, host: "127.0.0.1", lazyConnect: true });
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    client,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    close: async () => {
      client.disconnect();
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill("SIGCONT");
        child.kill("SIGTERM");
        await gone;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Why there is no Redis of the machine to test with; undefined when there is one. */
export function whyNoSystemRedis(): string | undefined {
  return spawnSync("redis-server", ["--version"]).status === 0 ? undefined : "no redis-server on PATH";
}
