import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { CATALOGUE } from "../../src/errors.js";
import { renderProblems } from "../../src/config/diagnostics.js";
import { loadConfig, type LoadResult } from "../../src/config/load.js";
import { packageRoot } from "../../src/lib/package-root.js";

const FOLDER = join(packageRoot, "test", "golden", "config");
const SHOWN = `${relative(process.cwd(), FOLDER)}/`;
const ENV = { SET: "battery-staple", DB_PASSWORD: "battery-staple" };
/** What stands in the files in place of secrets, whole or in part. */
const SECRETS = /hunter2|correct-horse|battery|staple|PRIVATE KEY/;

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length));

function load(name: string): Promise<LoadResult> {
  return loadConfig(join(SHOWN, `${name}.yaml`), { env: ENV });
}

async function rendered(name: string): Promise<string> {
  const result = await load(name);
  return renderProblems(result.ok ? result.warnings : result.problems).replaceAll(SHOWN, "");
}

describe("a bad configuration file", () => {
  it.each(names)("%s is told as it is written down", async (name) => {
    const told = await rendered(name);
    const golden = join(FOLDER, `${name}.txt`);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, told);
    expect(told).toBe(readFileSync(golden, "utf8"));
  });

  it.each(names)("%s is refused with known codes, and no secret is repeated", async (name) => {
    const result = await load(name);
    expect(result.ok).toBe(false);
    for (const { code } of result.ok ? [] : result.problems) expect(Object.keys(CATALOGUE)).toContain(code);
    expect(await rendered(name)).not.toMatch(SECRETS);
    expect(JSON.stringify(result)).not.toMatch(SECRETS);
  });

  it("has a text that is written down for every file, and none for others", () => {
    const texts = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));
    expect(texts.sort()).toEqual(names.map((name) => `${name}.txt`).sort());
  });
});
