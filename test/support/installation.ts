/** A whole Tocsin as a user starts it: `scripts/up --json` with a configuration and a state folder of its own. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { createInterface } from "node:readline";

import { packageRoot } from "../../src/lib/package-root.js";
import { startTcpTarget } from "./tcp-target.js";

/** What `up --json` prints once sweeps run. */
export interface Ready {
  readonly ready: true;
  readonly temporal: string;
  readonly namespace: string;
  readonly ui: string;
  readonly api: string;
  readonly dir: string;
  readonly pids: Readonly<Record<"temporal" | "postgres" | "worker" | "serve", number>>;
  /** Every page for Prometheus: the listener's, the worker's, the Temporal SDK's. */
  readonly metrics: readonly string[];
}

export interface Installation {
  readonly dir: string;
  readonly ready: Ready;
  /** Everything that `up` wrote to stderr. */
  log(): string;
  /** The pid of a child now: it changes when `up` restarts it. */
  pid(child: keyof Ready["pids"]): Promise<number>;
  /** Ends `up` and every child of it with SIGKILL, as a power cut does. */
  killAll(): Promise<void>;
  /** Holds `up` still, so that a child that is killed stays dead, until the function it answers is called. */
  holdUp(): Promise<() => void>;
  /** Starts it again on the same folder; resolves when sweeps run. */
  restart(): Promise<void>;
  /** Runs the checkout's CLI against it. */
  tocsin(...args: readonly string[]): Promise<CommandEnd>;
  /** Runs the Temporal CLI against it. */
  temporal(...args: readonly string[]): Promise<CommandEnd>;
  /** Stops it as Ctrl-C does and removes its folder. */
  close(): Promise<void>;
}

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface InstallationOptions {
  /** The configuration file's text. */
  readonly config: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Running {
  readonly up: ChildProcess;
  readonly ready: Ready;
}

/** Long enough for a first start that has to make a database cluster on a busy machine. */
const START_MS = 120_000;
const PORTS = ["temporal", "ui", "api", "metrics"] as const;

export async function startInstallation({ config, env = {} }: InstallationOptions): Promise<Installation> {
  // PostgreSQL may run as another user, who has to be able to enter.
  const dir = await mkdtemp(join(tmpdir(), "tocsin-"));
  await chmod(dir, 0o755);
  const configFile = join(dir, "tocsin.yaml");
  const stateDir = join(dir, "state");
  await writeFile(configFile, config);
  await ownPorts(stateDir);
  let log = "";
  const start = (): Promise<Running> =>
    oneAtATime(() =>
      startUp(["--json", "--config", configFile, "--dir", stateDir], env, (text) => {
        log += text;
      }),
    );
  let running = await start();
  const run = (script: "tocsin" | "temporal", args: readonly string[]): Promise<CommandEnd> =>
    runScript(script, args, env);
  return {
    dir,
    get ready() {
      return running.ready;
    },
    log: () => log,
    pid: async (child) => (await upRecord(stateDir)).pids?.[child] ?? running.ready.pids[child],
    killAll: async () => {
      const record = await upRecord(stateDir);
      const pids = [record.pid, ...Object.values(record.pids ?? {})];
      const gone = running.up.exitCode === null ? once(running.up, "exit") : Promise.resolve();
      running.up.kill("SIGKILL");
      for (const pid of pids) if (pid !== undefined) killHard(pid);
      await gone;
    },
    holdUp: async () => {
      const { pid } = await upRecord(stateDir);
      if (pid === undefined) throw new Error(`no running up is recorded in ${stateDir}`);
      process.kill(pid, "SIGSTOP");
      return () => process.kill(pid, "SIGCONT");
    },
    restart: async () => {
      running = await start();
    },
    tocsin: (...args) => run("tocsin", [...args, "--dir", stateDir]),
    temporal: (...args) => {
      const { temporal, namespace } = running.ready;
      return run("temporal", [...args, "--address", temporal, "--namespace", namespace]);
    },
    close: async () => {
      if (running.up.exitCode === null && running.up.signalCode === null) {
        const gone = once(running.up, "exit");
        running.up.kill("SIGINT");
        await gone;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * Ports of its own, as if they had been chosen at an earlier start: the usual ones are everybody's first wish, so that another
 * installation would take them while a server of this one is dead, and be taken for it.
 */
async function ownPorts(stateDir: string): Promise<void> {
  await mkdir(stateDir);
  const open = await Promise.all(PORTS.map(() => startTcpTarget(() => undefined)));
  await Promise.all(open.map(({ close }) => close()));
  const ports = Object.fromEntries(PORTS.map((name, index) => [name, open[index]?.port]));
  await writeFile(join(stateDir, "ports.json"), JSON.stringify(ports));
}

async function oneAtATime<T>(start: () => Promise<T>): Promise<T> {
  const end = await takeTurn();
  try {
    return await start();
  } finally {
    await end();
  }
}

/** One start at a time on this machine: two that choose their ports in the same moment choose the same. Resolves to what ends the turn. */
export async function takeTurn(): Promise<() => Promise<void>> {
  const lock = join(tmpdir(), "tocsin-installation-starts");
  const giveUpAt = Date.now() + START_MS;
  for (;;) {
    try {
      await mkdir(lock);
      return () => rm(lock, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const isOld = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs > START_MS,
        () => false,
      );
      if (isOld || Date.now() > giveUpAt) await rm(lock, { recursive: true, force: true });
      else await pass(100);
    }
  }
}

async function startUp(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onText: (text: string) => void,
): Promise<Running> {
  const up = spawn(join(packageRoot, "scripts", "up"), args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let heard = "";
  up.stderr.on("data", (chunk: Buffer) => {
    heard += chunk.toString();
    onText(chunk.toString());
  });
  const lines = createInterface({ input: up.stdout });
  const first = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`not ready after ${START_MS} ms:\n${heard}`));
    }, START_MS);
    lines.once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
    });
    up.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`up ended with ${String(code)}:\n${heard}`));
    });
  });
  const ready = JSON.parse(await first) as Ready;
  return { up, ready };
}

interface UpRecord {
  readonly pid?: number;
  readonly pids?: Partial<Ready["pids"]>;
}

/** What `up` keeps in its state folder about itself and its children as they run now. */
async function upRecord(stateDir: string): Promise<UpRecord> {
  return JSON.parse(await readFile(join(stateDir, "up.json"), "utf8")) as UpRecord;
}

function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Runs one of the checkout's scripts to its end. */
export async function runScript(
  script: "tocsin" | "temporal",
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandEnd> {
  const child = spawn(join(packageRoot, "scripts", script), args, {
    env: { ...process.env, ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
