/** The machine's own PgBouncer for tests: one pool in front of one database, on a free port, in a temporary folder. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { closedPort } from "./tcp-target.js";

export interface TestPgbouncer {
  /** Of the same user and database, through the pool. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface PgbouncerOptions {
  /** The address of the database behind it. */
  readonly behind: string;
  readonly pooling: "session" | "transaction";
  /** Connections to the server; whoever comes when all are in use waits. */
  readonly poolSize: number;
}

export async function startPgbouncer({
  behind,
  pooling,
  poolSize,
}: PgbouncerOptions): Promise<TestPgbouncer> {
  const { username, password, hostname, port: serverPort, pathname } = new URL(behind);
  const dir = await mkdtemp(join(tmpdir(), "tocsin-pgbouncer-"));
  // As root it goes on as somebody else, who has to be able to enter.
  await chmod(dir, 0o755);
  const port = await closedPort();
  const file = join(dir, "pgbouncer.ini");
  await writeFile(join(dir, "users.txt"), `"${username}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    file,
    `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(dir, "users.txt")}
pool_mode = ${pooling}
default_pool_size = ${poolSize}
`,
  );
  const isRoot = process.getuid?.() === 0;
  const child = spawn("pgbouncer", [...(isRoot ? ["-u", "nobody"] : []), file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes("process up")) break;
  }
  child.stderr.resume();
  if (child.exitCode !== null) throw new Error(lines.join("\n"));
  return {
    url: `postgres://${username}:${password}@127.0.0.1:${port}${pathname}`,
    close: async () => {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Why there is no PgBouncer of the machine to test with; undefined when there is one. */
export function whyNoPgbouncer(): string | undefined {
  return spawnSync("pgbouncer", ["--version"]).status === 0 ? undefined : "no pgbouncer on PATH";
}
