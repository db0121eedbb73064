/** A primary of the machine's own PostgreSQL that listens on the loopback address, and a streaming standby of it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

import { Client } from "pg";

import { startPostgres, type EmbeddedPostgres } from "../../src/embedded/postgres.js";
import type { Identity } from "./certificate-authority.js";
import { temporaryFolder } from "./postgres.js";
import { closedPort } from "./tcp-target.js";

export interface ServerPair {
  /** With user, password and database. */
  readonly primaryUrl: string;
  readonly standbyUrl: string;
  /** Ends the primary at once. */
  readonly killPrimary: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const SETTINGS = [
  "wal_level=replica",
  "max_wal_senders=5",
  "fsync=off",
  "full_page_writes=off",
  "max_connections=20",
];

/** The folder with all of Debian's programs: PATH has but some of them. */
function programFolder(): string {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((each) => join(debian, each, "bin")) : [];
  const folders = [...versions, ...(process.env.PATH ?? "").split(delimiter)];
  const found = folders.find((folder) => existsSync(join(folder, "pg_basebackup")));
  if (found === undefined) throw new Error("no pg_basebackup in /usr/lib/postgresql or on PATH");
  return found;
}

async function admin(connectionString: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** Starts a program as the owner of the servers' folders; answers once it ends, or says a line with this text. */
async function run(
  owner: { readonly uid: number; readonly gid: number },
  words: readonly string[],
  until?: string,
): Promise<() => Promise<void>> {
  const [command = "", ...args] = words;
  const asRoot = process.getuid?.() === 0;
  const child = spawn(command, args, {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
    ...(asRoot ? owner : {}),
  });
  const gone = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (until !== undefined && line.includes(until)) {
      child.stderr.resume();
      return async () => {
        child.kill("SIGINT");
        await gone;
      };
    }
  }
  await gone;
  if (child.exitCode !== 0 || until !== undefined) throw new Error(lines.join("\n"));
  return () => Promise.resolve();
}

/** Both speak TLS as `identity` to whoever asks for it. */
export async function startServerPair(identity: Identity): Promise<ServerPair> {
  const base = await temporaryFolder();
  await chmod(base, 0o755);
  const [cert, key] = [join(base, "server.pem"), join(base, "server.key")];
  await writeFile(cert, identity.cert);
  await writeFile(key, identity.key, { mode: 0o600 });
  const ssl = ["ssl=on", `ssl_cert_file=${cert}`, `ssl_key_file=${key}`];
  const options = { log: () => undefined, binaries: "system", sockets: false, settings: SETTINGS } as const;
  const primary: EmbeddedPostgres = await startPostgres({ dir: join(base, "primary"), ...options });
  const owner = await stat(primary.dataDir);
  const programs = programFolder();
  const standby = join(base, "standby");
  await mkdir(standby, { mode: 0o700 });
  if (process.getuid?.() === 0) await chown(standby, owner.uid, owner.gid);
  const from = ["-d", primary.connectionString, "-R", "-X", "stream", "-c", "fast"];
  await run(owner, [join(programs, "pg_basebackup"), "-D", standby, ...from]);
  const port = await closedPort();
  const own = ["-c", `port=${port}`, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
  // Whoever runs the server must own its key, and only now is it known who that is.
  if (process.getuid?.() === 0) await chown(key, owner.uid, owner.gid);
  await admin(primary.connectionString, [
    ...ssl.map((setting) => `alter system set ${setting.replace("=", " = '")}'`),
    "select pg_reload_conf()",
  ]);
  const shared = SETTINGS.flatMap((setting) => ["-c", setting]);
  const stopStandby = await run(
    owner,
    [join(programs, "postgres"), "-D", standby, ...own, ...shared],
    "ready to accept read-only connections",
  );
  const standbyUrl = new URL(primary.connectionString);
  standbyUrl.port = String(port);
  return {
    primaryUrl: primary.connectionString,
    standbyUrl: standbyUrl.href,
    killPrimary: async () => {
      process.kill(primary.pid, "SIGKILL");
      await primary.exited;
    },
    stop: async () => {
      await stopStandby();
      await primary.stop();
      await rm(base, { recursive: true, force: true });
    },
  };
}
