import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { TocsinError } from "../../src/errors.js";
import { createSecretResolver } from "../../src/lib/secret-resolver.js";

const TOKEN = "s3cr3t-t0ken";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tocsin-secret-"));
  await Promise.all([
    writeFile(join(folder, "plain"), TOKEN),
    writeFile(join(folder, "line"), `${TOKEN}\n`),
    writeFile(join(folder, "windows"), `${TOKEN}\r\n`),
    writeFile(join(folder, "two"), `${TOKEN}\n\n`),
    writeFile(join(folder, "empty"), "\n"),
    writeFile(join(folder, "large"), "x".repeat(70_000)),
  ]);
});

afterAll(() => rm(folder, { recursive: true }));

const resolve = createSecretResolver({ TOKEN, EMPTY: "" }, (path) => readFile(path, "utf8"));

async function refusal(ref: string): Promise<TocsinError> {
  const error: unknown = await resolve(ref).catch((thrown: unknown) => thrown);
  if (!(error instanceof TocsinError)) throw new Error(`${ref} was resolved`);
  return error;
}

describe("the secret resolver", () => {
  it("finds what the environment holds", async () => {
    expect((await resolve("env:TOKEN")).reveal()).toBe(TOKEN);
  });

  it.each([
    ["plain", TOKEN],
    ["line", TOKEN],
    ["windows", TOKEN],
    ["two", `${TOKEN}\n`],
  ])("takes at most one line end off the file %s", async (name, expected) => {
    expect((await resolve(`file:${join(folder, name)}`)).reveal()).toBe(expected);
  });

  it("sees a file that was rotated", async () => {
    const path = join(folder, "rotated");
    await writeFile(path, "old");
    await resolve(`file:${path}`);
    await writeFile(path, "new");
    expect((await resolve(`file:${path}`)).reveal()).toBe("new");
  });

  it.each([
    ["env:UNSET", "CFG-031", "env:UNSET: the variable is not set"],
    ["env:EMPTY", "CFG-031", "env:EMPTY: the variable is empty"],
    ["env:toString", "CFG-031", "env:toString: the variable is not set"],
    ["file:/nowhere/x", "CFG-032", "file:/nowhere/x: the file cannot be read (there is no such file)"],
    ["file:/", "CFG-032", "file:/: the file cannot be read (it is a folder)"],
    [TOKEN, "CFG-033", "a secret is not given as env:NAME or file:PATH"],
    ["", "CFG-033", "a secret is not given as env:NAME or file:PATH"],
  ])("refuses %j with %s", async (ref, code, message) => {
    const error = await refusal(ref);
    expect([error.code, error.message]).toEqual([code, message]);
  });

  it.each(["empty", "large"])("refuses a file that is %s", async (name) => {
    expect((await refusal(`file:${join(folder, name)}`)).code).toBe("CFG-032");
  });

  it("never shows a secret, neither resolved nor mistaken for a reference", async () => {
    const shown = [
      String(await resolve("env:TOKEN")),
      JSON.stringify({ secret: await resolve(`file:${join(folder, "line")}`) }),
      inspect(await resolve("env:TOKEN"), { depth: 9 }),
      inspect(await refusal(TOKEN), { depth: 9 }),
    ];
    for (const text of shown) expect(text).not.toContain(TOKEN);
  });
});
