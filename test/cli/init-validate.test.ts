import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Command } from "commander";

import { registerInit } from "../../src/cli/commands/init.js";
import { registerValidate } from "../../src/cli/commands/validate.js";
import type { Session } from "../../src/cli/session.js";
import { TocsinError } from "../../src/errors.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-validate-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

async function tocsin(...argv: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  let exit = 0;
  const colors = { out: false, err: false };
  const session: Session = {
    io: {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      env: {},
      cwd: folder,
      width: 80,
      colors,
      watched: false,
      now: () => 0,
      user: "somebody",
    },
    open: () => {
      throw new Error("nothing is to be reached");
    },
    finish: (code) => {
      exit = code;
    },
  };
  const program = new Command("tocsin").exitOverride();
  registerInit(program, session);
  registerValidate(program, session);
  await program.parseAsync([...argv], { from: "user" });
  return { out: out.join(""), err: err.join(""), exit };
}

describe("tocsin init", () => {
  it("writes a file that validate finds nothing wrong with", async () => {
    expect(await tocsin("init")).toMatchObject({ out: "tocsin.yaml\n", exit: 0 });
    const { out, err, exit } = await tocsin("validate");
    expect([err, exit]).toEqual(["", 0]);
    expect(out).toMatch(
      /^tocsin\.yaml is valid: 1 system, 1 service, 1 check, 2 alerts, 1 notifier \(revision [0-9a-f]{12}\)\n$/,
    );
  });

  it("overwrites nothing", async () => {
    writeFileSync(join(folder, "mine.yaml"), "mine");
    await expect(tocsin("init", "mine.yaml")).rejects.toMatchObject({ code: "CFG-040", exit: 2 });
    expect(readFileSync(join(folder, "mine.yaml"), "utf8")).toBe("mine");
  });

  it("says where it cannot write", async () => {
    const failure: unknown = await tocsin("init", "nowhere/x.yaml").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TocsinError);
    expect(String(failure)).toContain("nowhere/x.yaml cannot be written: ENOENT");
  });
});

describe("tocsin validate", () => {
  const broken = "tocsin: 1\nsytems: {}\n";

  it("tells what is wrong beside the data, and answers 1", async () => {
    writeFileSync(join(folder, "tocsin.yaml"), broken);
    const { out, err, exit } = await tocsin("validate");
    expect([out, exit]).toEqual(["", 1]);
    expect(err).toContain("tocsin.yaml:2:1: error: unknown key `sytems` [CFG-011]");
    expect(err).toMatch(/1 error\n$/);
  });

  it("tells the same as JSON on standard output", async () => {
    writeFileSync(join(folder, "x.yaml"), broken);
    const { out, err, exit } = await tocsin("validate", "x.yaml", "--json");
    expect([err, exit]).toEqual(["", 1]);
    expect(JSON.parse(out)).toMatchObject({
      kind: "validation",
      data: {
        ok: false,
        problems: [{ code: "CFG-011", line: 2, column: 1, hint: "did you mean `systems`?" }],
      },
      meta: { more: 0 },
    });
  });

  it("answers 0 when there are only warnings, and tells them", async () => {
    writeFileSync(join(folder, "tocsin.yaml"), "tocsin: 1\n");
    const { err, exit } = await tocsin("validate");
    expect(exit).toBe(0);
    expect(err).toContain("warning: nothing is watched");
    const { out } = await tocsin("validate", "--json");
    expect(JSON.parse(out)).toMatchObject({
      data: { ok: true, checks: 0, problems: [{ severity: "warning" }] },
    });
  });

  it("answers 2 for a file that is not there", async () => {
    expect(await tocsin("validate", "nowhere.yaml")).toMatchObject({ out: "", exit: 2 });
  });

  it("prints the JSON Schema for editors", async () => {
    expect(JSON.parse((await tocsin("validate", "--schema")).out)).toHaveProperty("$defs.check");
  });
});
