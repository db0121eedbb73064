import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { openInstallation } from "../../src/cli/installation.js";
import { identityOf } from "../../src/embedded/process-identity.js";
import { resolveContext } from "../../src/cli/context.js";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tocsin-context-"));
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

const UP = {
  temporal: "127.0.0.1:7300",
  namespace: "tocsin",
  ui: "http://127.0.0.1:8300",
  api: "http://127.0.0.1:8470",
  database: "postgresql:///tocsin",
  pids: { worker: 1 },
};

function upRuns(record: unknown = UP): void {
  writeFileSync(join(cwd, "up.json"), typeof record === "string" ? record : JSON.stringify(record));
}

describe("the installation a command means", () => {
  it("is the usual one when nobody says anything", () => {
    expect(resolveContext({}, { env: {}, cwd })).toEqual({
      address: "127.0.0.1:7233",
      from: "the default",
      namespace: "default",
      namespaceFrom: "the default",
      prefix: "",
      dir: join(cwd, ".tocsin"),
      upRuns: false,
      guessed: true,
    });
  });

  it("has the Temporal UI that the environment names, for links in pages where no `up` runs", () => {
    expect(resolveContext({}, { env: { TOCSIN_UI: "https://ui.example" }, cwd })).toMatchObject({
      ui: "https://ui.example",
    });
  });

  it("is that of the `up` that runs in the state folder", () => {
    upRuns();
    expect(resolveContext({ dir: "." }, { env: {}, cwd })).toEqual({
      address: UP.temporal,
      from: join(cwd, "up.json"),
      namespace: UP.namespace,
      namespaceFrom: join(cwd, "up.json"),
      prefix: "",
      dir: cwd,
      upRuns: true,
      databaseUrl: UP.database,
      ui: UP.ui,
      api: UP.api,
    });
  });

  it("is named by the environment before that, and by flags before anything", () => {
    upRuns();
    const env = {
      TOCSIN_DIR: ".",
      TEMPORAL_ADDRESS: "t:1",
      TEMPORAL_NAMESPACE: "n",
      DATABASE_URL: "postgresql://e/d",
      TOCSIN_PREFIX: "blue",
    };
    expect(resolveContext({}, { env, cwd })).toMatchObject({
      address: "t:1",
      from: "TEMPORAL_ADDRESS",
      namespace: "n",
      namespaceFrom: "TEMPORAL_NAMESPACE",
      prefix: "blue-",
      databaseUrl: "postgresql://e/d",
    });
    const flags = { address: "f:1", namespace: "m", prefix: "green-", database: "postgresql://f/d" };
    expect(resolveContext(flags, { env, cwd })).toMatchObject({
      address: "f:1",
      from: "--address",
      namespace: "m",
      namespaceFrom: "--namespace",
      prefix: "green-",
      databaseUrl: "postgresql://f/d",
    });
  });

  it("takes an empty variable for none", () => {
    const env = { TEMPORAL_ADDRESS: "", DATABASE_URL: "", TOCSIN_DIR: "" };
    expect(resolveContext({}, { env, cwd })).toMatchObject({
      from: "the default",
      dir: join(cwd, ".tocsin"),
    });
  });

  it.each(["", "{", "[]", "null", '{"temporal":7233}'])("is not disturbed by a record that is %j", (text) => {
    upRuns(text);
    expect(resolveContext({ dir: cwd }, { env: {}, cwd }).from).toBe("the default");
  });
});

describe("a state folder whose `up` does not run", () => {
  const dead = (): number => spawnSync("/bin/sh", ["-c", "exit 0"]).pid;
  const text = (more = ""): string =>
    `the \`tocsin up\` of ${join(cwd, ".tocsin")} is not running; start it: ${more || "tocsin up"}`;

  beforeEach(() => {
    mkdirSync(join(cwd, ".tocsin"));
    writeFileSync(join(cwd, ".tocsin", "tocsin-state.json"), '{"form":1}');
  });

  it("is no reason to talk to whoever listens at the usual address", async () => {
    const context = resolveContext({}, { env: {}, cwd });
    expect(context.stopped).toBe(text());
    const installation = openInstallation(context, () => undefined);
    await expect(installation.operations()).rejects.toMatchObject({
      code: "TMP-003",
      message: text(),
      exit: 3,
    });
    await installation.close();
  });

  it("says with what it is started, as the person calls it", () => {
    const env = { TOCSIN_AS: "scripts/tocsin" };
    expect(resolveContext({}, { env, cwd }).stopped).toBe(text("scripts/up"));
    mkdirSync(join(cwd, "state"));
    writeFileSync(join(cwd, "state", "tocsin-state.json"), '{"form":1}');
    expect(resolveContext({ dir: "state" }, { env, cwd }).stopped).toContain(
      "start it: scripts/up --dir state",
    );
  });

  it.each([
    [{ pid: 1, pids: { temporal: 1 } }, true],
    [{ pid: "dead", pids: { temporal: "dead" } }, false],
    [{ pid: "dead", pids: { temporal: 1 } }, true],
    [{ pid: "dead", pids: {} }, true],
    [{}, true],
  ])("counts as running while it, or the server that it ran, is there: %j", (record, runs) => {
    const gone = JSON.stringify(record).replaceAll('"dead"', String(dead()));
    const up = { ...UP, ...(JSON.parse(gone) as object) };
    writeFileSync(join(cwd, ".tocsin", "up.json"), JSON.stringify(up));
    const context = resolveContext({}, { env: {}, cwd });
    expect({ address: context.address, stopped: context.stopped }).toEqual(
      runs ? { address: UP.temporal, stopped: undefined } : { address: "127.0.0.1:7233", stopped: text() },
    );
    expect(context.databaseUrl).toBe(runs ? UP.database : undefined);
  });

  it("counts as running when it is on another machine that shares the folder", () => {
    const record = { ...UP, pid: dead(), pids: { temporal: dead() } };
    writeFileSync(join(cwd, ".tocsin", "up.json"), JSON.stringify(record));
    writeFileSync(join(cwd, ".tocsin", "up.lock"), JSON.stringify({ pid: 7, began: "x", host: "elsewhere" }));
    expect(resolveContext({}, { env: {}, cwd }).address).toBe(UP.temporal);
  });

  it("is not asked to be started twice while it starts", () => {
    writeFileSync(join(cwd, ".tocsin", "up.lock"), JSON.stringify(identityOf(process.pid)));
    expect(resolveContext({}, { env: {}, cwd }).stopped).toBe(
      `the \`tocsin up\` of ${join(cwd, ".tocsin")} is still starting`,
    );
  });

  it("matters to nobody who says which server is meant", () => {
    expect(resolveContext({ address: "f:1" }, { env: {}, cwd }).stopped).toBeUndefined();
    expect(resolveContext({}, { env: { TEMPORAL_ADDRESS: "t:1" }, cwd }).stopped).toBeUndefined();
  });

  it("is what a folder that is not there comes to, unless the command may make it", () => {
    const missing = { dir: "stat" };
    expect(resolveContext(missing, { env: {}, cwd }).stopped).toContain(
      `${join(cwd, "stat")} is not running`,
    );
    expect(resolveContext(missing, { env: {}, cwd }, "made").stopped).toBeUndefined();
    mkdirSync(join(cwd, "stat"));
    expect(resolveContext(missing, { env: {}, cwd }).stopped).toBeUndefined();
  });
});
