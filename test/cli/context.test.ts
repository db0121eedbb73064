import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

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
