import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";

import { resolveServer } from "../../src/temporal/connection.js";

const GUESS = { address: "127.0.0.1:7233", namespace: "default", guessed: true } as const;
const stopped = "the `tocsin up` of /shop/.tocsin is not running";

let folder: string;
let before: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-profile-"));
  before = process.env.TEMPORAL_CONFIG_FILE;
  process.env.TEMPORAL_CONFIG_FILE = join(folder, "temporal.toml");
});

afterEach(() => {
  if (before === undefined) delete process.env.TEMPORAL_CONFIG_FILE;
  else process.env.TEMPORAL_CONFIG_FILE = before;
  rmSync(folder, { recursive: true });
});

const profile = (): void => {
  writeFileSync(
    join(folder, "temporal.toml"),
    '[profile.default]\naddress = "ops:7233"\nnamespace = "ops"\n',
  );
};

describe("the server that is meant", () => {
  it("is the usual one when nobody names another", () => {
    expect(resolveServer(GUESS)).toMatchObject({ address: "127.0.0.1:7233", namespace: "default" });
  });

  it("is that of a profile before the usual one", () => {
    profile();
    expect(resolveServer(GUESS)).toMatchObject({ address: "ops:7233", namespace: "ops" });
    expect(resolveServer({ ...GUESS, stopped })).toMatchObject({ address: "ops:7233" });
  });

  it("is the one that somebody named before any profile", () => {
    profile();
    const named = { address: "shop:7233", namespace: "shop" };
    expect(resolveServer(named)).toMatchObject(named);
  });

  it("is nobody's while the `up` that is meant does not run", () => {
    expect(() => resolveServer({ ...GUESS, stopped })).toThrow(expect.objectContaining({ code: "TMP-003" }));
  });
});
