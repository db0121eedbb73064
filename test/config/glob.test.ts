import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { glob, isPattern } from "../../src/config/glob.js";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-glob-"));
  for (const name of [
    "a.yaml",
    "b.yaml",
    "c+.yaml",
    ".d.yaml",
    "e.yml",
    "one/x.yaml",
    "two/y.yaml",
    "two/z.txt",
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("a pattern of files", () => {
  it.each([
    ["*.yaml", ["a.yaml", "b.yaml", "c+.yaml"]],
    ["?.y*ml", ["a.yaml", "b.yaml", "e.yml"]],
    ["./*.yml", ["e.yml"]],
    ["c+.*", ["c+.yaml"]],
    [".*.yaml", [".d.yaml"]],
    ["*/*.yaml", ["one/x.yaml", "two/y.yaml"]],
    ["t*/?.txt", ["two/z.txt"]],
    ["nowhere/*.yaml", []],
    ["a.yaml/*", []],
  ])("%s matches %j", async (pattern, expected) => {
    expect(await glob(folder, pattern)).toEqual(expected);
  });

  it("is told from a plain path", () => {
    expect(["a/b.yaml", "a*.yaml", "a?.yaml"].map(isPattern)).toEqual([false, true, true]);
  });
});
