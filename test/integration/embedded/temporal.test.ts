import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { findTemporal, hereWith } from "../../../src/embedded/binaries.js";
import { choosePorts } from "../../../src/embedded/ports.js";
import { runCommand } from "../../../src/embedded/run-command.js";
import { Supervised } from "../../../src/embedded/supervise.js";
import { devServerAddress, devServerPlan, type DevServer } from "../../../src/embedded/temporal.js";
import { ChildEvents } from "../../embedded/child-events.js";

const PATIENCE_MS = 120_000;
const HISTORY = /HistoryLength\s+2/;
const quiet = { note: () => undefined, bytes: () => undefined };

let folder: string;
let server: DevServer;
let child: Supervised;
let events: ChildEvents;

const cli = async (...args: readonly string[]): Promise<string> => {
  const where = ["--address", devServerAddress(server), "-n", server.namespace];
  const end = await runCommand({
    command: server.program,
    args: [...args, ...where],
    env: { HOME: folder },
    timeoutMs: 20_000,
  });
  return `${end.stdout}${end.ok ? "" : end.why}`;
};

const begin = async (changed: Partial<DevServer> = {}): Promise<void> => {
  events = new ChildEvents();
  child = new Supervised(devServerPlan({ ...server, ...changed }, process.env), events.take);
  child.start();
  await child.whenReady(3);
};

beforeAll(async () => {
  // Characters that end the path of a URI.
  folder = mkdtempSync(join(tmpdir(), "tocsin#temporal?50%41-"));
  const { path } = await findTemporal(hereWith(process.env, quiet));
  const { ports } = await choosePorts(join(folder, "ports.json"), { temporal: 0, ui: 0 });
  server = {
    program: path,
    port: ports.temporal,
    uiPort: ports.ui,
    file: join(folder, "temporal.db"),
    namespace: "tocsin",
    retentionMs: 30 * 24 * 3_600_000,
    searchAttributes: { TocsinSystem: "Keyword" },
  };
  await begin();
}, 600_000);

afterAll(async () => {
  await child.stop();
  rmSync(folder, { recursive: true, force: true });
}, PATIENCE_MS);

const startWorkflow = (id: string) =>
  cli("workflow", "start", "--task-queue", "q", "--type", "t", "--workflow-id", id);

describe("the Temporal dev server", () => {
  test("serves a namespace that keeps histories for 30 days and knows the search attributes", async () => {
    expect(await cli("operator", "namespace", "describe")).toContain("720h0m0s");
    expect(await cli("operator", "search-attribute", "list")).toMatch(/TocsinSystem\s+Keyword/);
  });

  test("serves again after kill -9, with everything it had acknowledged", async () => {
    await startWorkflow("before-the-kill");
    const killed = child.pid;
    process.kill(killed ?? 0, "SIGKILL");
    await events.until("ready", 2);
    expect(child.pid).not.toBe(killed);
    expect(await cli("workflow", "describe", "-w", "before-the-kill")).toMatch(HISTORY);
    await startWorkflow("after-the-kill");
    expect(await cli("workflow", "describe", "-w", "after-the-kill")).toMatch(HISTORY);
  }, 60_000);

  test("carries on with the same file after an orderly stop, and registers an attribute that is new", async () => {
    await startWorkflow("before-the-stop");
    await child.stop();
    await begin({ searchAttributes: { TocsinSystem: "Keyword", TocsinOpenAlerts: "Int" } });
    expect(await cli("workflow", "describe", "-w", "before-the-stop")).toMatch(HISTORY);
    expect(await cli("operator", "search-attribute", "list")).toMatch(/TocsinOpenAlerts\s+Int/);
  }, 60_000);

  test("says which file is damaged, once behind its header nothing is as it was", async () => {
    await child.stop();
    const file = openSync(server.file, "r+");
    for (let page = 1; page < 40; page += 1)
      writeSync(file, Buffer.alloc(4_096, page), 0, 4_096, page * 4_096);
    closeSync(file);
    for (const rest of ["-wal", "-shm"]) rmSync(server.file + rest, { force: true });
    await expect(begin()).rejects.toMatchObject({
      code: "RUN-012",
      message: expect.stringContaining(server.file),
    });
  }, 60_000);
});
