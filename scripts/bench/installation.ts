/** A whole Tocsin for a benchmark: `tocsin up` in a folder of its own, and what its processes cost. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { packageRoot } from "../../src/lib/package-root.js";
import { rounded } from "./machine.js";
import type { Cost } from "./process-cost.js";
import { costOf } from "./process-cost.js";

type Part = "temporal" | "postgres" | "worker" | "serve";

export interface BenchInstallation {
  /** `host:port` of the Temporal server. */
  readonly temporal: string;
  readonly namespace: string;
  /** How long `up` took until sweeps ran, seconds. */
  readonly startSeconds: number;
  readonly startedAt: number;
  /** The process id of a part now: it changes when `up` starts it again. */
  pid(part: Part): Promise<number>;
  /** Of every part, and of `up` itself. */
  costs(): Promise<Costs>;
  close(): Promise<void>;
}

export type Costs = Readonly<Record<Part | "up", Cost>>;

export interface Spent {
  /** CPU seconds of each part within the window, and of all. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** At the end of the window. */
  readonly memoryMiB: Readonly<Record<string, number>>;
}

const PATIENCE_MS = 180_000;
const MAIN = join(packageRoot, "dist", "src", "cli", "main.js");

/**
 * `again`: stop it once and start it on what it left, so that the start is a warm one; called in between. Rejects with what it said when
 * it does not come up.
 */
export async function startBenchInstallation(
  config: string,
  { again }: { readonly again?: () => Promise<void> } = {},
): Promise<BenchInstallation> {
  const dir = await mkdtemp(join(tmpdir(), "tocsin-bench-"));
  // PostgreSQL may run as another user, who has to be able to enter.
  await chmod(dir, 0o755);
  const file = join(dir, "tocsin.yaml");
  const state = join(dir, "state");
  await writeFile(file, config);
  if (again !== undefined) {
    await stop((await start(file, state)).up);
    await again();
  }
  const startedAt = Date.now();
  const { up, temporal, namespace } = await start(file, state);
  const startSeconds = rounded((Date.now() - startedAt) / 1000);
  const pids = async (): Promise<UpRecord> =>
    JSON.parse(await readFile(join(state, "up.json"), "utf8")) as UpRecord;
  return {
    temporal,
    namespace,
    startSeconds,
    startedAt,
    pid: async (part) => (await pids()).pids[part],
    costs: async () => {
      const record = await pids();
      const cost = (part: Part): Cost => costOf(record.pids[part], { tree: true });
      return {
        temporal: cost("temporal"),
        postgres: cost("postgres"),
        worker: cost("worker"),
        serve: cost("serve"),
        up: costOf(record.pid, { tree: false }),
      };
    },
    close: async () => {
      await stop(up);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** What was spent between two looks; the memory is that of the second. */
export function spent(before: Costs, after: Costs): Spent {
  const parts = Object.keys(after) as (keyof Costs)[];
  const cpu = parts.map((part) => [part, after[part].cpuSeconds - before[part].cpuSeconds] as const);
  const memory = parts.map((part) => [part, after[part].memoryMiB] as const);
  return { cpuSeconds: withAll(cpu, rounded), memoryMiB: withAll(memory, Math.round) };
}

function withAll(
  parts: readonly (readonly [string, number])[],
  round: (value: number) => number,
): Readonly<Record<string, number>> {
  const all = parts.reduce((sum, [, value]) => sum + value, 0);
  return Object.fromEntries([...parts, ["all", all] as const].map(([part, value]) => [part, round(value)]));
}

interface UpRecord {
  readonly pid: number;
  readonly pids: Readonly<Record<Part, number>>;
}

interface Started {
  readonly up: ChildProcess;
  readonly temporal: string;
  readonly namespace: string;
}

async function start(config: string, dir: string): Promise<Started> {
  const up = spawn(process.execPath, [MAIN, "up", "--json", "--config", config, "--dir", dir], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  up.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-20_000);
  });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const lines = createInterface({ input: up.stdout });
  const ended = once(up, "exit", { signal }).then(() => {
    throw new Error(`up ended:\n${said}`);
  });
  const first = once(lines, "line", { signal }).then(([line]) => String(line));
  const ready = await Promise.race([first, ended]).catch((error: unknown) => {
    up.kill("SIGKILL");
    throw new Error(`up did not come up:\n${said}`, { cause: error });
  });
  const { temporal, namespace } = JSON.parse(ready) as Pick<Started, "temporal" | "namespace">;
  return { up, temporal, namespace };
}

async function stop(up: ChildProcess): Promise<void> {
  if (up.exitCode !== null || up.signalCode !== null) return;
  const gone = once(up, "exit");
  up.kill("SIGINT");
  await gone;
}
