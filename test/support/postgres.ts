/** PostgreSQL servers for tests: the embedded one, or the machine's own, each in a temporary folder; a fresh database on request. */

import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Client } from "pg";
import { startPostgres } from "../../src/embedded/postgres.js";

export interface TestPostgres {
  readonly connectionString: string;
  readonly pid: number;
  /** `18.4` */
  readonly version: string;
  /** Makes an empty database and answers its connection string. */
  freshDatabase(): Promise<string>;
  /** Ends the server at once, as a crash would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same data and address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A temporary folder with a short path that an unprivileged server can reach. */
export async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "tocsin-test-"));
}

let databases = 0;

/** The same server, another database. */
function withDatabase(connectionString: string, database: string): string {
  return connectionString.replace("/tocsin?", `/${database}?`);
}

async function freshDatabase(connectionString: string): Promise<string> {
  databases += 1;
  const name = `test_${process.pid}_${databases}`;
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return withDatabase(connectionString, name);
}

/** Starts the npm package's PostgreSQL (`embedded`) or the machine's (`system`) in a folder of its own. */
export async function startTestPostgres(kind: "embedded" | "system"): Promise<TestPostgres> {
  const dir = await temporaryFolder();
  const options = {
    dir,
    log: () => undefined,
    binaries: kind === "embedded" ? "npm" : "system",
    // A killed server loses nothing by it, only a killed machine would; making databases is three times as fast.
    settings: ["fsync=off", "full_page_writes=off"],
  } as const;
  let server = await startPostgres(options);
  return {
    connectionString: server.connectionString,
    get pid() {
      return server.pid;
    },
    version: server.version,
    freshDatabase: () => freshDatabase(server.connectionString),
    kill: async () => {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    restart: async () => {
      server = await startPostgres(options);
    },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Why there is no PostgreSQL of the machine to test with; undefined when there is one. */
export function whyNoSystemPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const packaged = existsSync(debian)
    ? readdirSync(debian).map((version) => join(debian, version, "bin"))
    : [];
  const folders = [...packaged, ...(process.env.PATH ?? "").split(delimiter)];
  const found = folders.some((folder) => existsSync(join(folder, "postgres")));
  return found ? undefined : "no PostgreSQL on PATH or in /usr/lib/postgresql";
}
