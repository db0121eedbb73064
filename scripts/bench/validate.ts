/** `tocsin validate` of 10,000 checks: from the shell's point of view, several times. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { packageRoot } from "../../src/lib/package-root.js";
import { fleetConfig } from "./fleet-config.js";
import { rounded } from "./machine.js";
import { costOf } from "./process-cost.js";

const CHECKS = 10_000;
const RUNS = 5;
const MAIN = join(packageRoot, "dist", "src", "cli", "main.js");

const dir = await mkdtemp(join(tmpdir(), "tocsin-bench-"));
const file = join(dir, "tocsin.yaml");
await writeFile(
  file,
  fleetConfig({
    checks: CHECKS,
    everySeconds: 30,
    timeoutSeconds: 5,
    url: (target) => `http://10.0.0.1:8000/t/${target}`,
    perSystem: 500,
  }),
);
const seconds: number[] = [];
const before = costOf(process.pid, { tree: true }).cpuSeconds;
for (let run = 0; run < RUNS; run += 1) {
  const startedAt = process.hrtime.bigint();
  const child = spawn(process.execPath, [MAIN, "validate", file], { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`validate ended with ${String(code)}`);
  seconds.push(Number(process.hrtime.bigint() - startedAt) / 1e9);
}
await rm(dir, { recursive: true, force: true });
seconds.sort((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({
    checks: CHECKS,
    runs: RUNS,
    seconds: {
      best: rounded(seconds[0] ?? 0),
      median: rounded(seconds[Math.floor(RUNS / 2)] ?? 0),
      worst: rounded(seconds.at(-1) ?? 0),
    },
    // Children that have ended count as their parent's.
    cpuSecondsEach: rounded((costOf(process.pid, { tree: true }).cpuSeconds - before) / RUNS),
  })}\n`,
);
