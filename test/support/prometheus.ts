/** The machine's own Prometheus for tests, and promtool: what real scrapers and rules make of what Tocsin serves. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { closedPort } from "./tcp-target.js";

export interface TestPrometheus {
  /** Samples of an instant query: labels and value. */
  query(
    promql: string,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;
  /** The first answer of a query that has one. */
  untilSome(promql: string): ReturnType<TestPrometheus["query"]>;
  /** Health and last error of every target, by its job. */
  targets(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** Starts it with a configuration; relative names in it are below `folder`. */
export async function startTestPrometheus(config: string, folder: string): Promise<TestPrometheus> {
  const data = await mkdtemp(join(tmpdir(), "tocsin-prometheus-"));
  const port = await closedPort();
  const file = join(folder, "prometheus.yaml");
  await writeFile(file, config);
  const child = spawn(
    "prometheus",
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return answer.json();
  };
  while (!(await isReady(port))) {
    if (child.exitCode !== null) throw new Error(`prometheus ended:\n${said}`);
    await pause(50);
  }
  const query: TestPrometheus["query"] = async (promql) => {
    const { data: found } = (await get(`/api/v1/query?query=${encodeURIComponent(promql)}`)) as {
      readonly data: { readonly result: readonly Result[] };
    };
    return found.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  return {
    query,
    untilSome: async (promql) => {
      let found = await query(promql);
      while (found.length === 0) {
        await pause(100);
        found = await query(promql);
      }
      return found;
    },
    targets: async () => {
      const { data: found } = (await get("/api/v1/targets?state=active")) as {
        readonly data: { readonly activeTargets: readonly Target[] };
      };
      return Object.fromEntries(
        found.activeTargets.map(({ labels, health, lastError }) => [
          labels.job ?? "",
          `${health} ${lastError}`.trim(),
        ]),
      );
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill("SIGTERM");
        await gone;
      }
      await rm(data, { recursive: true, force: true });
    },
  };
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** What promtool says, and whether it is content. */
export function promtool(
  args: readonly string[],
  input?: string,
): { readonly ok: boolean; readonly said: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input: input ?? "", encoding: "utf8" });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** Why there is none to test with; undefined when there is. */
export function whyNoPrometheus(): string | undefined {
  const missing = ["prometheus", "promtool"].find((name) => spawnSync(name, ["--version"]).status !== 0);
  return missing === undefined ? undefined : `no ${missing} on PATH`;
}
