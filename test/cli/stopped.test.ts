import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { runProgram } from "../../src/cli/program.js";

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tocsin-stopped-"));
  mkdirSync(join(cwd, ".tocsin"));
  writeFileSync(join(cwd, ".tocsin", "tocsin-state.json"), '{"form":1}');
  writeFileSync(join(cwd, "my.yaml"), "tocsin: 1\n");
});

afterAll(() => {
  rmSync(cwd, { recursive: true });
});

async function tocsin(...argv: readonly string[]) {
  let out = "";
  let err = "";
  const exit = await runProgram(argv, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: { TOCSIN_AS: "scripts/tocsin" },
    cwd,
    width: 80,
    colors: { out: false, err: false },
    watched: false,
    now: () => 0,
    user: "ada",
  });
  return { out, err, exit };
}

describe("in a folder whose `up` was stopped", () => {
  it.each([
    ["status"],
    ["alerts"],
    ["incidents"],
    ["ack"],
    ["apply", "my.yaml"],
    ["history", "shop/api/ready"],
  ])("%s says that, and asks nobody else", async (...argv) => {
    const { err, exit } = await tocsin(...argv);
    expect(err).toContain(
      `error TMP-003: the \`tocsin up\` of ${join(cwd, ".tocsin")} is not running; start it: scripts/up\n`,
    );
    expect(exit).toBe(3);
  });

  it("status is blind for that reason", async () => {
    expect((await tocsin("status")).out).toBe(
      `BLIND: no \`tocsin up\` runs in ${join(cwd, ".tocsin")}: whether anything is watched is not known.\n`,
    );
  });
});
