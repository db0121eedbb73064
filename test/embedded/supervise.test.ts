import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { identityOf, isRunning } from "../../src/embedded/process-identity.js";
import type { ChildPlan } from "../../src/embedded/child-plan.js";
import { restartDelayMs, Supervised } from "../../src/embedded/supervise.js";
import { ChildEvents } from "./child-events.js";

let events: ChildEvents;
let folder: string;
let started: Supervised[];

beforeEach(() => {
  events = new ChildEvents();
  folder = mkdtempSync(join(tmpdir(), "tocsin-supervise-"));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A child that runs a line of shell. */
const child = (script: string, changed: Partial<ChildPlan> = {}): Supervised => {
  const plan: ChildPlan = {
    name: "child",
    command: "/bin/sh",
    args: ["-c", script],
    env: { PATH: process.env.PATH },
    holdsInput: false,
    graceMs: 5_000,
    ...changed,
  };
  const supervised = new Supervised(plan, events.take);
  started.push(supervised);
  supervised.start();
  return supervised;
};

describe("a supervised child", () => {
  test("is started again within a second when it is killed", async () => {
    const supervised = child("exec sleep 1000");
    await supervised.whenReady(1);
    const first = supervised.pid;
    process.kill(first ?? 0, "SIGKILL");
    await events.until("ready", 2);
    expect(supervised.pid).not.toBe(first);
    expect(events.of("ended")).toEqual([{ kind: "ended", why: "SIGKILL", restartInMs: restartDelayMs(0) }]);
  });

  test("is started at once again however often it is killed while it serves", async () => {
    const supervised = child("exec sleep 1000");
    for (let kills = 1; kills <= 5; kills += 1) {
      await events.until("ready", kills);
      process.kill(supervised.pid ?? 0, "SIGKILL");
    }
    await events.until("ready", 6);
    expect(events.of("ended").map((end) => end.restartInMs)).toEqual([100, 100, 100, 100, 100]);
  });

  test("is given longer and longer pauses when it keeps ending by itself", async () => {
    child("exit 3");
    await events.until("ended", 3);
    expect(events.of("ended").slice(0, 3)).toEqual([
      { kind: "ended", why: "exit code 3", restartInMs: 100 },
      { kind: "ended", why: "exit code 3", restartInMs: 200 },
      { kind: "ended", why: "exit code 3", restartInMs: 400 },
    ]);
  });

  test("is ready only once its question is answered", async () => {
    let asked = 0;
    const supervised = child("exec sleep 1000", { serves: () => Promise.resolve(++asked === 3) });
    await supervised.whenReady(1);
    expect(asked).toBe(3);
    expect(events.of("ready")).toHaveLength(1);
  });

  test("that never comes to serve is told with its last words", async () => {
    const supervised = child("echo no such port >&2; exit 1", { serves: () => Promise.resolve(false) });
    await expect(supervised.whenReady(2)).rejects.toMatchObject({
      code: "RUN-016",
      message: expect.stringMatching(
        /^child ended 2 times without ever serving; its last words:\n {2}no such port/,
      ),
    });
  });

  test("that lives and will never serve is ended, started again, and told with the reason", async () => {
    const supervised = child("exec sleep 1000", {
      serves: () => Promise.resolve({ never: "FATAL: database does not exist" }),
    });
    await expect(supervised.whenReady(2)).rejects.toMatchObject({
      code: "RUN-016",
      message: expect.stringContaining("database does not exist"),
    });
  });

  test("whose program is missing is told so, and tried again", async () => {
    const supervised = child("", { command: join(folder, "missing") });
    await expect(supervised.whenReady(2)).rejects.toMatchObject({ code: "RUN-016" });
    expect(events.of("ended")[0]?.why).toContain("ENOENT");
    expect(events.of("started")).toEqual([]);
  });

  test("may tidy up before it ends, and is not started again after a stop", async () => {
    const note = join(folder, "note");
    const supervised = child(
      `trap 'echo tidy > ${note}; exit 0' TERM; echo on; while :; do sleep 0.05; done`,
    );
    await events.until("line", 1);
    await supervised.stop();
    expect(readFileSync(note, "utf8")).toBe("tidy\n");
    expect(supervised.pid).toBeUndefined();
    expect(events.of("ended")).toEqual([]);
  });

  test("that will not end is ended by force, with everything it had started", async () => {
    const supervised = child("trap '' TERM; sleep 1000 & echo $!; while :; do wait; done", { graceMs: 50 });
    await events.until("line", 1);
    const grandchild = identityOf(Number(events.of("line")[0]?.line));
    expect(grandchild).toBeDefined();
    await supervised.stop();
    while (grandchild !== undefined && isRunning(grandchild)) await new Promise(setImmediate);
    expect(supervised.pid).toBeUndefined();
  });

  test("may be stopped between two lives", async () => {
    const supervised = child("exit 1");
    await events.until("ended", 1);
    await supervised.stop();
    expect(events.seen.at(-1)).toEqual({ kind: "stopped" });
  });

  test("tells what it says line by line, and which stream it came by", async () => {
    child("printf 'one\\ntwo\\n'; echo three >&2; exec sleep 1000");
    await events.until("line", 3);
    expect(events.of("line").filter((each) => each.stream === "stdout")).toEqual([
      { kind: "line", stream: "stdout", line: "one" },
      { kind: "line", stream: "stdout", line: "two" },
    ]);
    expect(events.of("line").find((each) => each.stream === "stderr")?.line).toBe("three");
  });

  test("sees the end of its input when the parent holds it and goes", async () => {
    const supervised = child("cat; echo input ended", { holdsInput: true });
    await supervised.whenReady(1);
    expect(events.of("line")).toEqual([]);
  });
});

describe("the pause before a restart", () => {
  test("doubles from 100 ms and never exceeds 15 s", () => {
    expect([0, 1, 2, 3, 4, 7, 8, 1_000_000].map(restartDelayMs)).toEqual([
      100, 200, 400, 800, 1600, 12_800, 15_000, 15_000,
    ]);
  });
});
