/** The machine's own Alertmanager for tests: a server in a temporary folder, on a free port, without a cluster and with nobody to tell. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";

import { closedPort } from "./tcp-target.js";

const PROGRAM = "prometheus-alertmanager";
const POLL_MS = 50;
const START_MS = 30_000;
const CONFIG = "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n";

/** One alert as its API shows it. */
export interface KeptAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
}

export interface TestAlertmanager {
  readonly url: string;
  /** What fires there now. */
  readonly firing: () => Promise<readonly KeptAlert[]>;
  /** Asks until what fires is as wanted, and answers it; rejects with what fired instead. */
  readonly until: (
    what: string,
    wanted: (alerts: readonly KeptAlert[]) => boolean,
    timeoutMs: number,
  ) => Promise<readonly KeptAlert[]>;
  readonly close: () => Promise<void>;
}

export async function startAlertmanager(): Promise<TestAlertmanager> {
  const dir = await mkdtemp(join(tmpdir(), "tocsin-alertmanager-"));
  const port = await closedPort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(dir, "alertmanager.yml");
  await writeFile(config, CONFIG);
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${config}`,
      `--storage.path=${join(dir, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (piece: Buffer) => (log += piece.toString()));
  const deadline = Date.now() + START_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`no Alertmanager: ${log}`);
    await pass(POLL_MS);
  }
  const firing = async (): Promise<readonly KeptAlert[]> => {
    const answer = await fetch(`${url}/api/v2/alerts?active=true`);
    return (await answer.json()) as readonly KeptAlert[];
  };
  return {
    url,
    firing,
    until: async (what, wanted, timeoutMs) => {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const alerts = await firing();
        if (wanted(alerts)) return alerts;
        if (Date.now() > until)
          throw new Error(`not ${what} within ${timeoutMs} ms: ${JSON.stringify(alerts)}`);
        await pass(POLL_MS);
      }
    },
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, "exit");
        child.kill("SIGTERM");
        await gone;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/-/ready`)).ok;
  } catch {
    return false;
  }
}

/** Why there is no Alertmanager of the machine to test with; undefined when there is one. */
export function whyNoAlertmanager(): string | undefined {
  return spawnSync(PROGRAM, ["--version"]).status === 0 ? undefined : `no ${PROGRAM} on PATH`;
}
