import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectionStringOf,
  listenSettings,
  type ServerAddress,
} from "../../src/embedded/postgres-address.js";
import { linkLibraries } from "../../src/embedded/postgres-binaries.js";
import { dataMajor, explainFailure } from "../../src/embedded/postgres-cluster.js";
import { isServerOf, passStalePidFile, readPidFile } from "../../src/embedded/postgres-pid.js";
import { runProgram } from "../../src/embedded/postgres-program.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tocsin-test-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("the address of an embedded server", () => {
  it.each<readonly [ServerAddress, string, string]>([
    [
      { kind: "socket", socketDir: '/srv/a "b", c', port: 5432 },
      "postgresql:///tocsin?host=%2Fsrv%2Fa%20%22b%22%2C%20c&port=5432&user=tocsin",
      'unix_socket_directories="/srv/a ""b"", c"',
    ],
    [
      { kind: "loopback", port: 6000, password: "abc" },
      "postgresql://tocsin:abc@127.0.0.1:6000/tocsin",
      "listen_addresses=127.0.0.1",
    ],
  ])("is a connection string and the settings that make it so: %j", (address, connectionString, setting) => {
    expect(connectionStringOf(address)).toBe(connectionString);
    expect(listenSettings(address)).toContain(setting);
  });
});

describe("what a program of PostgreSQL said before it gave up", () => {
  it.each([
    ["initdb: error: could not write: No space left on device", "STO-024"],
    ["LOG:  x\nPANIC:  could not locate a valid checkpoint record", "STO-022"],
    ['FATAL:  could not open file "global/pg_control": Permission denied', "STO-022"],
    ["FATAL:  could not create any Unix-domain sockets", "STO-028"],
    ["", "STO-028"],
  ])("%j is %s", (output, code) => {
    expect(explainFailure("it did not start", output, "STO-028")).toMatchObject({ code });
  });

  it("is told with the lines that matter", () => {
    const output = "LOG:  starting\nFATAL:  lock file is empty\nHINT:  Look.\nLOG:  shut down";
    const { message } = explainFailure("it did not start", output, "STO-028");
    expect(message).toBe("it did not start: FATAL:  lock file is empty; HINT:  Look.");
  });
});

describe("a data folder", () => {
  it("that is not there asks for no version", async () => {
    expect(await dataMajor(join(dir, "data"))).toBeUndefined();
  });

  it("asks for the version that made it", async () => {
    await mkdir(join(dir, "global"));
    await writeFile(join(dir, "global", "pg_control"), "");
    await writeFile(join(dir, "PG_VERSION"), "15\n");
    expect(await dataMajor(dir)).toBe(15);
  });

  it("that is empty is damaged", async () => {
    await expect(dataMajor(dir)).rejects.toMatchObject({ code: "STO-022" });
  });
});

describe("a pid file", () => {
  const file = () => join(dir, "postmaster.pid");

  it("may be absent", async () => {
    expect(await readPidFile(dir)).toEqual({ state: "absent" });
    await passStalePidFile(dir);
    expect(await readPidFile(dir)).toEqual({ state: "absent" });
  });

  it.each(["", "\n\n", "nonsense\n", "-1\n", "0\n"])("holding %j is stale", async (text) => {
    await writeFile(file(), text);
    expect(await readPidFile(dir)).toMatchObject({ state: "stale" });
  });

  it("of a process that is gone is stale", async () => {
    const child = spawn("true");
    await once(child, "exit");
    await writeFile(file(), `${String(child.pid)}\n${dir}\n`);
    expect(await readPidFile(dir)).toMatchObject({
      state: "stale",
      pid: child.pid,
      why: "its process is gone",
    });
  });

  it("of another program is stale, and that program is no server of the folder", async () => {
    await writeFile(file(), `${process.pid}\n${dir}\n`);
    expect(await readPidFile(dir)).toMatchObject({
      state: "stale",
      why: expect.stringContaining("now belongs to") as unknown,
    });
    expect(await isServerOf(process.pid, dir)).toBe(false);
  });

  it("is passed over by putting our own number into it and leaving the rest", async () => {
    await writeFile(file(), "1\n/data\n17\n5432\n");
    await passStalePidFile(dir);
    expect(await readFile(file(), "utf8")).toBe(`${process.pid}\n/data\n17\n5432\n`);
  });
});

describe("the libraries of the npm package", () => {
  it("are linked as its install script would, and linking again changes nothing", async () => {
    const native = join(dir, "native");
    await mkdir(join(native, "lib"), { recursive: true });
    await writeFile(join(native, "lib", "libpq.so.5.18"), "");
    const links = [{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so" }];
    await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
    await linkLibraries(native);
    await linkLibraries(native);
    expect(await readlink(join(native, "lib", "libpq.so"))).toBe("libpq.so.5.18");
  });

  it("need no links where the package lists none", async () => {
    await linkLibraries(dir);
  });
});

describe("a program that is run to its end", () => {
  it.each([
    [
      "its output and exit code",
      "sh",
      ["-c", "echo out; echo err >&2; exit 3"],
      { code: 3, output: expect.stringMatching(/out|err/) },
    ],
    [
      "no code when it cannot be started",
      join("/", "no", "such"),
      [],
      { code: undefined, output: expect.stringContaining("ENOENT") },
    ],
    ["no code when it is cut off", "sleep", ["600"], { code: undefined, output: expect.any(String) }],
  ])("gives %s", async (_, command, args, result) => {
    expect(await runProgram(command, args, { timeoutMs: command === "sleep" ? 10 : 10_000 })).toEqual(result);
  });

  it("is given its input", async () => {
    expect(await runProgram("cat", [], { input: "create", timeoutMs: 10_000 })).toEqual({
      code: 0,
      output: "create",
    });
  });
});
