/** The embedded server, started for real: on every kind of folder that a start can find. */

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "pg";
import { type EmbeddedPostgres, startPostgres } from "../../src/embedded/postgres.js";
import { postgresChild } from "../../src/embedded/postgres-child.js";
import { type PostgresOptions, preparePostgres } from "../../src/embedded/postgres-prepare.js";
import { Supervised } from "../../src/embedded/supervise.js";
import { temporaryFolder, whyNoSystemPostgres } from "../support/postgres.js";

jest.setTimeout(60_000);

const asRoot = process.getuid?.() === 0;
const noSystem = whyNoSystemPostgres();

/** Lets every user through, as a folder for servers must; holds `dir`. */
let base = "";
let dir = "";
let lines: string[] = [];
let started: EmbeddedPostgres[] = [];
let children: ChildProcess[] = [];

beforeEach(async () => {
  base = await temporaryFolder();
  await chmod(base, 0o755);
  dir = join(base, "pg");
  lines = [];
  started = [];
  children = [];
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  for (const child of children) child.kill("SIGKILL");
  await rm(base, { recursive: true, force: true });
});

async function start(differing: Partial<PostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const log = (line: string): void => void lines.push(line);
  const server = await startPostgres({ dir, log, binaries: "npm", ...differing });
  started.push(server);
  return server;
}

async function ask(connectionString: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

/** A program of ours that prints its own number, or another, and stays; run by the owner of a folder, when one is given. */
async function program(ownerOf: string | undefined, command: string, ...args: string[]): Promise<number> {
  const owner = ownerOf === undefined || !asRoot ? undefined : await stat(ownerOf);
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "ignore"],
    ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
  });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return Number(line);
}

async function killed(server: EmbeddedPostgres): Promise<void> {
  process.kill(server.pid, "SIGKILL");
  await server.exited;
}

describe("a start on an empty folder", () => {
  it("serves on a private socket, on no network address, as nobody privileged", async () => {
    const { connectionString, dataDir, pid } = await start();
    expect(
      await ask(
        connectionString,
        "select current_user, current_database(), current_setting('listen_addresses')",
      ),
    ).toEqual(["tocsin", "tocsin", ""]);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(dataDir)).uid === 0).toBe(false);
    expect((await stat(`/proc/${pid}`)).uid === 0).toBe(false);
    expect(connectionString).toContain(encodeURIComponent(dir));
  });

  it("writes to disk before it confirms, and is modest", async () => {
    const { connectionString } = await start();
    const asked = [
      "fsync",
      "synchronous_commit",
      "full_page_writes",
      "data_checksums",
      "shared_buffers",
      "server_encoding",
      "TimeZone",
    ];
    const settings = await Promise.all(asked.map((name) => ask(connectionString, `show ${name}`)));
    expect(settings.flat()).toEqual(["on", "on", "on", "on", "32MB", "UTF8", "UTC"]);
  });

  it("says nothing alarming while it starts", async () => {
    await killed(await start());
    await start();
    expect(lines.filter((line) => /ERROR|FATAL|PANIC/.test(line))).toEqual([]);
  });

  it("keeps what was written when it is stopped and started again", async () => {
    const first = await start();
    await ask(first.connectionString, "create table kept as select 42 as n");
    await first.stop();
    await first.stop();
    expect(await first.exited).toEqual({ code: 0 });
    const second = await start();
    expect(second.connectionString).toBe(first.connectionString);
    expect(await ask(second.connectionString, "select n from kept")).toEqual([42]);
  });

  it.each(["with space", 'it\'s "quoted", é🦀', "100%2F"])("works in a folder named %j", async (name) => {
    const server = await start({ dir: join(base, name) });
    expect(await ask(server.connectionString, "select 1")).toEqual([1]);
  });

  it("puts the socket elsewhere when the path is too long for one, at the same place each time", async () => {
    const deep = join(base, "x".repeat(60), "y".repeat(60));
    const first = await start({ dir: deep });
    expect(await ask(first.connectionString, "select 1")).toEqual([1]);
    await first.stop();
    expect((await start({ dir: deep })).connectionString).toBe(first.connectionString);
    const socketDir = new URL(first.connectionString).searchParams.get("host") ?? "";
    await started.at(-1)?.stop();
    await chmod(socketDir, 0o777);
    await expect(start({ dir: deep })).rejects.toMatchObject({ code: "STO-029" });
    await rm(socketDir, { recursive: true });
  });

  it("listens on the loopback address with a password where there are no sockets", async () => {
    const { connectionString } = await start({ sockets: false });
    const { hostname, password } = new URL(connectionString);
    expect([hostname, password.length]).toEqual(["127.0.0.1", 48]);
    expect(await ask(connectionString, "show listen_addresses")).toEqual(["127.0.0.1"]);
    await expect(ask(connectionString.replace(password, "wrong"), "select 1")).rejects.toMatchObject({
      code: "28P01",
    });
    expect((await stat(join(dir, "password"))).mode & 0o077).toBe(0);
  });

  it("made twice at once, is one server for both", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.pid).toBe(two.pid);
    expect([one.adopted, two.adopted].sort()).toEqual([false, true]);
    expect((await readdir(dir)).filter((name) => name.startsWith("data."))).toEqual([]);
  });

  it("clears away what a start that was killed half-way left", async () => {
    const child = spawn("true");
    await once(child, "exit");
    await mkdir(join(dir, `data.new-${String(child.pid)}-0a1b2c`, "base"), { recursive: true });
    await start();
    expect((await readdir(dir)).filter((name) => name.startsWith("data."))).toEqual([]);
  });
});

describe("a start beside a server that runs", () => {
  /** Starts the server as a child of a process of its own, kills that process, and answers the server's number. */
  async function orphan(): Promise<number> {
    const prepared = await preparePostgres({ dir, log: (line) => void lines.push(line), binaries: "npm" });
    const { command, args, env, cwd, uid, gid } = prepared;
    const options = JSON.stringify({ cwd, env, uid, gid, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const script = `const child = require("node:child_process").spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, ${options});
      child.stderr.resume(); console.log(child.pid); setInterval(() => {}, 1000)`;
    const pid = await program(undefined, process.execPath, "-e", script);
    while ((await prepared.look()).kind !== "serving");
    const parent = children.at(-1);
    parent?.kill("SIGKILL");
    if (parent !== undefined) await once(parent, "exit");
    return pid;
  }

  it("adopts it when its parent was killed: it lives on, speaks into the void, and is stopped in the end", async () => {
    const pid = await orphan();
    const server = await start();
    expect([server.adopted, server.pid]).toEqual([true, pid]);
    // An error goes to its log, whose reader is gone.
    await expect(ask(server.connectionString, "select 1 / 0")).rejects.toThrow("division by zero");
    expect(await ask(server.connectionString, "select 1")).toEqual([1]);
    await server.stop();
    await server.exited;
    expect((await start()).adopted).toBe(false);
  });

  it("notices when an adopted server ends", async () => {
    const pid = await orphan();
    const server = await start();
    process.kill(pid, "SIGKILL");
    expect(await server.exited).toEqual({});
    await server.stop();
  });

  it("waits for one that is stopping, and then starts", async () => {
    const first = await start();
    const stopping = first.stop();
    const second = await start();
    await stopping;
    expect(await ask(second.connectionString, "select 1")).toEqual([1]);
    expect(second.pid).not.toBe(first.pid);
  });

  it("refuses when it does not answer, and leaves it alone", async () => {
    const first = await start();
    process.kill(first.pid, "SIGSTOP");
    try {
      await expect(start({ answerWithinMs: 10 })).rejects.toMatchObject({
        code: "STO-023",
        message: expect.stringContaining(`process ${first.pid}`) as unknown,
      });
    } finally {
      process.kill(first.pid, "SIGCONT");
    }
    expect(await ask(first.connectionString, "select 1")).toEqual([1]);
  });
});

describe("a start over a pid file that was left behind", () => {
  /** The lock beside the socket that a server listens on. */
  const socketLock = ({ connectionString }: EmbeddedPostgres): string => {
    const where = new URL(connectionString).searchParams;
    return join(where.get("host") ?? "", `.s.PGSQL.${where.get("port") ?? ""}.lock`);
  };

  /** What a killed server leaves: its folder, and a pid file and a socket's lock that now name the given process. */
  async function leave(pidOf: (dataDir: string) => Promise<number | undefined>): Promise<void> {
    const server = await start();
    await ask(server.connectionString, "create table kept as select 42 as n");
    await killed(server);
    const pid = await pidOf(server.dataDir);
    if (pid === undefined) return;
    for (const file of [join(server.dataDir, "postmaster.pid"), socketLock(server)])
      await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(pid)));
  }

  /**
   * A process that has ended and is never waited for: its parent became another program. It belongs to the server's own user, since
   * PostgreSQL itself passes over a number that it may not signal.
   */
  const zombie = async (dataDir: string): Promise<number> => {
    const ends = `(while [ "$(cat /proc/$$/comm)" != sleep ]; do :; done) & echo $!; exec sleep 600`;
    const pid = await program(dataDir, "sh", "-c", ends);
    while (!(await readFile(`/proc/${pid}/stat`, "utf8")).includes(") Z "));
    return pid;
  };
  const bystander = (dataDir: string): Promise<number> =>
    program(dataDir, "sh", "-c", "echo $$; exec sleep 600");

  it.each([
    ["of a process that is gone", () => Promise.resolve(undefined)],
    ["of a zombie", zombie],
    ["whose number another program has now", bystander],
    ["with a number that is this very program's", () => Promise.resolve(process.pid)],
  ])("%s passes over it", async (_, pidOf) => {
    await leave(pidOf);
    const server = await start();
    expect(server.adopted).toBe(false);
    expect(await ask(server.connectionString, "select n from kept")).toEqual([42]);
    for (const child of children) expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it("of another PostgreSQL's process starts beside it", async () => {
    const other = await start({ dir: join(base, "other") });
    const first = await start();
    await killed(first);
    const file = join(first.dataDir, "postmaster.pid");
    await writeFile(file, (await readFile(file, "utf8")).replace(/^\d+/, String(other.pid)));
    expect((await start()).adopted).toBe(false);
    expect(await ask(other.connectionString, "select 1")).toEqual([1]);
  });

  it("that is empty passes over it", async () => {
    const server = await start();
    await killed(server);
    await truncate(join(server.dataDir, "postmaster.pid"));
    expect(await ask((await start()).connectionString, "select 1")).toEqual([1]);
  });
});

describe("a start on a folder that cannot be served", () => {
  async function stopped(): Promise<string> {
    const server = await start();
    await server.stop();
    return server.dataDir;
  }

  it.each<readonly [string, (dataDir: string) => Promise<void>]>([
    ["lacks its control file", (dataDir) => rm(join(dataDir, "global", "pg_control"))],
    ["lacks its version", (dataDir) => rm(join(dataDir, "PG_VERSION"))],
    ["has a broken control file", (dataDir) => truncate(join(dataDir, "global", "pg_control"), 100)],
    ["has lost its log", (dataDir) => rm(join(dataDir, "pg_wal"), { recursive: true })],
    ["has lost its tables", (dataDir) => rm(join(dataDir, "base"), { recursive: true })],
  ])("says that it is damaged when it %s", async (_, damage) => {
    await damage(await stopped());
    await expect(start()).rejects.toMatchObject({ code: "STO-022" });
  });

  it("says so under supervision too, when it lives and cannot serve: nobody waits for it for ever", async () => {
    await rm(join(await stopped(), "base"), { recursive: true });
    const { plan } = await postgresChild(dir, (line) => void lines.push(line));
    const child = new Supervised(plan, () => undefined);
    child.start();
    try {
      await expect(child.whenReady(1)).rejects.toMatchObject({ code: "STO-022" });
    } finally {
      await child.stop();
    }
  });

  it("refuses a folder of somebody else's, and leaves it as it was", async () => {
    await mkdir(dir, { mode: 0o755 });
    await writeFile(join(dir, "precious.txt"), "");
    await expect(start()).rejects.toMatchObject({
      code: "STO-022",
      message: expect.stringContaining("precious.txt") as unknown,
    });
    expect((await stat(dir)).mode & 0o777).toBe(0o755);
  });

  it("names both versions when another one made it", async () => {
    await writeFile(join(await stopped(), "PG_VERSION"), "13\n");
    await expect(start()).rejects.toMatchObject({
      code: "STO-021",
      message: expect.stringMatching(/13.*18\./) as unknown,
    });
  });

  (noSystem === undefined ? it : it.skip)(
    "takes the machine's PostgreSQL when that one made it",
    async () => {
      const first = await start({ binaries: "system" });
      await first.stop();
      const log = (line: string): void => void lines.push(line);
      const second = await startPostgres({ dir, log });
      started.push(second);
      expect(second.version).toBe(first.version);
    },
  );

  (asRoot ? it : it.skip)("says which parent its user may not enter", async () => {
    const closed = join(base, "closed");
    await mkdir(closed, { mode: 0o700 });
    await expect(start({ dir: join(closed, "pg") })).rejects.toMatchObject({
      code: "STO-025",
      message: expect.stringContaining(`may not enter ${closed}`) as unknown,
    });
  });

  describe("on a small disk", () => {
    const mount = async (megabytes: number): Promise<void> => {
      await mkdir(dir);
      const [code] = (await once(
        spawn("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir]),
        "exit",
      )) as [number];
      if (code !== 0) throw new Error("no disk of that size could be mounted");
    };
    afterEach(async () => {
      await Promise.all(started.map((server) => server.stop()));
      await once(spawn("umount", [dir]), "exit");
    });

    (asRoot ? it : it.skip)("says that the disk is full, and leaves nothing half-made", async () => {
      await mount(20);
      await expect(start()).rejects.toMatchObject({ code: "STO-024" });
      expect(await readdir(dir)).toEqual([]);
    });

    (asRoot ? it : it.skip)("says that the disk is full when it was filled since", async () => {
      await mount(120);
      await stopped();
      await writeFile(join(dir, "data", "filler"), Buffer.alloc(120 << 20)).catch((error: unknown) =>
        expect(error).toMatchObject({ code: "ENOSPC" }),
      );
      await expect(start()).rejects.toMatchObject({ code: "STO-024" });
    });
  });
});
