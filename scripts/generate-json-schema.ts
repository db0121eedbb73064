/** Writes docs/config.schema.json, for editors; with `--check` only compares. */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { configJsonSchema } from "../src/config/json-schema.js";
import { packageRoot } from "../src/lib/package-root.js";

const path = join(packageRoot, "docs", "config.schema.json");
const options = await resolveConfig(path);
const text = await format(JSON.stringify(configJsonSchema()), { ...options, parser: "json" });

if (!process.argv.includes("--check")) {
  await writeFile(path, text);
} else if ((await readFile(path, "utf8")) !== text) {
  process.stderr.write("docs/config.schema.json is not what the schemas say: run npm run docs\n");
  process.exitCode = 1;
}
