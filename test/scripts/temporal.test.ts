import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { upRecord } from "../../src/cli/up/installation-facts.js";
import { packageRoot } from "../../src/lib/package-root.js";

const SCRIPT = join(packageRoot, "scripts", "temporal");
const PIDS = { temporal: null, postgres: null, worker: null, serve: null };

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tocsin-temporal-"));
  // Says which server it would talk to, as the true CLI finds it.
  const stand = join(cwd, "temporal");
  writeFileSync(stand, '#!/bin/sh\necho "${TEMPORAL_ADDRESS-unset} ${TEMPORAL_NAMESPACE-unset} $*"\n');
  chmodSync(stand, 0o755);
});

afterEach(() => {
  rmSync(cwd, { recursive: true });
});

/** What a running `up` leaves in its state folder. */
function upRuns(folder: string): void {
  mkdirSync(join(cwd, folder));
  const where = {
    temporal: "127.0.0.1:17233",
    namespace: "tocsin",
    ui: undefined,
    api: "http://127.0.0.1:8470",
    workerMetrics: "http://127.0.0.1:8471/metrics",
    databaseUrl: "postgresql://tocsin@127.0.0.1:5432/tocsin",
    dir: join(cwd, folder),
    demo: undefined,
  };
  writeFileSync(join(cwd, folder, "up.json"), upRecord(where, PIDS));
}

function talksTo(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const path = `${cwd}:${process.env.PATH ?? ""}`;
  return execFileSync(SCRIPT, [...args], { cwd, env: { PATH: path, ...env }, encoding: "utf8" }).trim();
}

describe("scripts/temporal", () => {
  it("talks to the Tocsin that runs in this folder, so that the lines of the README work as they stand", () => {
    upRuns(".tocsin");
    expect(talksTo(["workflow", "list"])).toBe("127.0.0.1:17233 tocsin workflow list");
  });

  it("talks to that of another state folder where TOCSIN_DIR names one", () => {
    upRuns("state");
    expect(talksTo(["workflow", "list"], { TOCSIN_DIR: "state" })).toBe(
      "127.0.0.1:17233 tocsin workflow list",
    );
  });

  it("leaves everything to Temporal's own defaults where none runs", () => {
    expect(talksTo(["workflow", "list"])).toBe("unset unset workflow list");
  });

  it("says so before a stranger's server is asked, where an `up` has run and none runs now", () => {
    mkdirSync(join(cwd, ".tocsin"));
    const call = (...args: readonly string[]): string =>
      spawnSync(SCRIPT, args, { cwd, env: { PATH: `${cwd}:${process.env.PATH ?? ""}` }, encoding: "utf8" })
        .stderr;
    expect(call("workflow", "list")).toBe(
      `note: the \`tocsin up\` of ${realpathSync(cwd)}/.tocsin is not running; this asks the Temporal CLI's own default address\n`,
    );
    expect(call("--version")).toBe("");
    expect(call("workflow", "list", "--address", "t:1")).toBe("");
  });

  it.each(["", "{", '{"temporal":7233}'])("is not disturbed by a record that is %j", (text) => {
    mkdirSync(join(cwd, ".tocsin"));
    writeFileSync(join(cwd, ".tocsin", "up.json"), text);
    expect(talksTo(["workflow", "list"])).toBe("unset unset workflow list");
  });

  it.each(["--address temporal:7233", "--address=temporal:7233", "--profile ops", "--env ops"])(
    "leaves both alone when a server is named: %s",
    (flag) => {
      upRuns(".tocsin");
      expect(talksTo(["workflow", "list", ...flag.split(" ")])).toMatch(/^unset unset /);
    },
  );

  it("leaves both alone when the environment has an address", () => {
    upRuns(".tocsin");
    expect(talksTo(["x"], { TEMPORAL_ADDRESS: "temporal:7233" })).toBe("temporal:7233 unset x");
  });

  it("keeps a namespace that is given, on the server that runs here", () => {
    upRuns(".tocsin");
    expect(talksTo(["x"], { TEMPORAL_NAMESPACE: "ops" })).toBe("127.0.0.1:17233 ops x");
  });
});
