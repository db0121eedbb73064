/**
 * `npm run bench [-- <name>…] [-- --out <file>]`: runs benchmarks one after the other, each in a process of its own, and prints JSON
 * with what they found and the machine they ran on. Progress goes to standard error.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { packageRoot } from "../../src/lib/package-root.js";
import type { Benchmark } from "./benchmarks.js";
import { BENCHMARKS } from "./benchmarks.js";
import { machine } from "./machine.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
const unknown = positionals.filter((name) => !BENCHMARKS.some((each) => each.name === name));
if (process.platform !== "linux") {
  process.stderr.write("Costs are read from /proc, which only Linux has.\n");
  process.exit(2);
}
if (unknown.length > 0) {
  const names = BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(20)} ${about}\n`).join("");
  process.stderr.write(`There is no benchmark ${unknown.join(", ")}. There are:\n${names}`);
  process.exit(2);
}

const on = machine();
const results: Record<string, unknown> = {};
let failed = 0;
for (const each of BENCHMARKS) {
  if (positionals.length > 0 && !positionals.includes(each.name)) continue;
  process.stderr.write(`${each.name}: ${each.about}\n`);
  const result = await runOne(each);
  if (result === undefined) failed += 1;
  results[each.name] = result ?? { failed: true };
}
const report = `${JSON.stringify({ at: new Date().toISOString(), machine: on, results }, undefined, 2)}\n`;
process.stdout.write(report);
if (values.out !== undefined) await writeFile(values.out, report);
process.exitCode = failed > 0 ? 1 : 0;

/** Its last line, parsed; undefined when it failed, and then it has said why. */
async function runOne({ script, arguments: args }: Benchmark): Promise<unknown> {
  const file = join(packageRoot, "dist", "scripts", "bench", `${script}.js`);
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) return undefined;
  return JSON.parse(said.trimEnd().split("\n").at(-1) ?? "") as unknown;
}
