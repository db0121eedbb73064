import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { identityOf, type ProcessIdentity } from "../../src/embedded/process-identity.js";
import { openStateDir } from "../../src/embedded/state-dir.js";

let folder: string;
let children: ChildProcess[];
const now = new Date("2026-02-03T04:05:06Z");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-state-"));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Zombies are looked for in `/proc`. */
const onLinux = process.platform === "linux" ? test : test.skip;

/** Starts a shell and resolves to the first line it says. */
const firstLine = async (script: string): Promise<string> => {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [chunk] = (await once(child.stdout, "data")) as [Buffer];
  return chunk.toString().trim();
};

const lockHeldBy = (holder: ProcessIdentity, host = hostname()): void =>
  writeFileSync(
    join(folder, "up.lock"),
    JSON.stringify({ ...holder, host, since: "2026-01-01T00:00:00.000Z" }),
  );

const openAndRelease = (): void => openStateDir(folder, now).release();

describe("the state folder", () => {
  test("is made when it is not there, and keeps itself out of git", () => {
    const path = join(folder, "a", "b");
    const state = openStateDir(path, now);
    expect(readFileSync(join(path, ".gitignore"), "utf8")).toBe("*\n");
    expect(existsSync(state.logs)).toBe(true);
    state.release();
    expect(existsSync(join(path, "up.lock"))).toBe(false);
  });

  test("is not shared: a second Tocsin is told who has it", () => {
    const state = openStateDir(folder, now);
    expect(() => openStateDir(folder, now)).toThrow(
      expect.objectContaining({
        code: "RUN-011",
        message: `the state folder is in use by another Tocsin: process ${process.pid} since 2026-02-03T04:05:06.000Z (${join(folder, "up.lock")})`,
      }),
    );
    state.release();
    openAndRelease();
  });

  test("is taken over from a process that is gone", async () => {
    const child = spawn("/bin/sh", ["-c", "exec sleep 1000"], { stdio: "ignore" });
    const holder = identityOf(child.pid ?? 0);
    child.kill("SIGKILL");
    await once(child, "exit");
    if (holder === undefined) throw new Error("the holder was never seen");
    lockHeldBy(holder);
    openAndRelease();
  });

  onLinux("is taken over from a zombie", async () => {
    // The shell's child ends while its parent, by then `sleep`, never reaps it.
    const pid = Number(
      await firstLine("sh -c 'until grep -q sleep /proc/$PPID/comm; do :; done' & echo $!; exec sleep 1000"),
    );
    while (!/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))) await new Promise(setImmediate);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    const began = `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks}`;
    lockHeldBy({ pid, began });
    openAndRelease();
  });

  test("is taken over when another program has got the number of the one that had it", () => {
    lockHeldBy({ pid: process.pid, began: "long ago" });
    openAndRelease();
  });

  test.each([
    ["empty", ""],
    ["cut short", '{"pid": 12, "beg'],
    ["something else", '"hello"'],
  ])("is taken over when its lock is %s", (_name, text) => {
    writeFileSync(join(folder, "up.lock"), text);
    openAndRelease();
  });

  test("whose lock is something that is none is told by the lock's name, and is not waited for", () => {
    const lock = join(folder, "up.lock");
    symlinkSync(join(folder, "nowhere"), lock);
    expect(() => openStateDir(folder, now)).toThrow(expect.objectContaining({ code: "RUN-012" }));
    rmSync(lock);
    mkdirSync(lock);
    expect(() => openStateDir(folder, now)).toThrow(
      expect.objectContaining({ code: "RUN-012", message: expect.stringContaining(lock) }),
    );
  });

  test("used from another machine is in use while that one keeps touching the lock", () => {
    const elsewhere = { pid: 1, began: "whenever" };
    lockHeldBy(elsewhere, "another-host");
    utimesSync(join(folder, "up.lock"), now, now);
    expect(openAndRelease).toThrow(expect.objectContaining({ code: "RUN-011" }));
    expect(openAndRelease).toThrow(/process 1 on another-host since/);
    const longAgo = new Date(now.getTime() - 60_000);
    utimesSync(join(folder, "up.lock"), longAgo, longAgo);
    openAndRelease();
  });

  test("may be opened again and again", () => {
    openAndRelease();
    openAndRelease();
  });
});

describe("a state folder that cannot be used says what is wrong", () => {
  const cases: readonly (readonly [string, string, () => string])[] = [
    ["is a file", "RUN-012", () => put("file", "text")],
    ["lies below a file", "RUN-012", () => join(put("file", "text"), "below")],
    ["cannot be made", "RUN-013", () => "/sys/tocsin-state"],
    ["holds a damaged database", "RUN-012", () => put("temporal/temporal.db", "x".repeat(100), folder)],
    ["holds a damaged form", "RUN-012", () => put("tocsin-state.json", "{", folder)],
    ["was written by a later Tocsin", "RUN-015", () => put("tocsin-state.json", '{"form": 2}', folder)],
  ];

  const put = (name: string, text: string, answer?: string): string => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return answer ?? path;
  };

  test.each(cases)("when it %s: %s", (_name, code, prepare) => {
    const path = prepare();
    expect(() => openStateDir(path, now)).toThrow(expect.objectContaining({ code }));
    expect(existsSync(join(path, "up.lock"))).toBe(false);
  });

  test("when its disk is nearly full: RUN-014", () => {
    const more = statfsSync(folder).bavail * statfsSync(folder).bsize * 2;
    expect(() => openStateDir(folder, now, more)).toThrow(expect.objectContaining({ code: "RUN-014" }));
  });
});
