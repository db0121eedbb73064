import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import { ChildrenRecord } from "../../src/embedded/children-record.js";

let folder: string;
let path: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-children-"));
  path = join(folder, "children.json");
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const running = (script = "exec sleep 1000"): ChildProcess & { readonly pid: number } => {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const { pid } = child;
  if (pid === undefined) throw new Error("no shell");
  return Object.assign(child, { pid });
};

describe("what an earlier run left behind", () => {
  test("is ended by the next one", async () => {
    const [worker, serve] = [running(), running()];
    const before = new ChildrenRecord(path);
    before.started("worker", worker.pid, "SIGTERM");
    before.started("serve", serve.pid, "SIGTERM");
    const gone = [once(worker, "exit"), once(serve, "exit")];
    expect(await new ChildrenRecord(path).endLeftovers(5_000)).toEqual(["worker", "serve"]);
    await Promise.all(gone);
  });

  test("is ended by force when it does not listen", async () => {
    const stubborn = running("trap '' TERM; echo on; while :; do sleep 0.05; done");
    await once(stubborn.stdout ?? stubborn, "data");
    new ChildrenRecord(path).started("worker", stubborn.pid, "SIGTERM");
    const gone = once(stubborn, "exit");
    await new ChildrenRecord(path).endLeftovers(50);
    expect(await gone).toEqual([null, "SIGKILL"]);
  });

  test("is nothing when it ended in order, was replaced, or is another process by now", async () => {
    const [first, second, stranger] = [running(), running(), running()];
    const before = new ChildrenRecord(path);
    before.started("worker", first.pid, "SIGTERM");
    before.started("worker", second.pid, "SIGTERM");
    before.ended("worker");
    writeFileSync(path, JSON.stringify([{ name: "serve", pid: stranger.pid, began: "long ago" }]));
    expect(await new ChildrenRecord(path).endLeftovers(50)).toEqual([]);
    expect([first, second, stranger].map((child) => child.exitCode ?? child.signalCode)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test.each(["", "[", "{}", '[{"pid": 1}, 7, null, {"name": "x", "pid": -1, "began": ""}]'])(
    "is nothing when the record reads %p",
    async (text) => {
      writeFileSync(path, text);
      expect(await new ChildrenRecord(path).endLeftovers(50)).toEqual([]);
    },
  );
});
