/** Starts the embedded PostgreSQL server and stops it: a real server process with its own data folder, as `tocsin up` and tests use it. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { isServerOf } from "./postgres-pid.js";
import { type PostgresOptions, preparePostgres, type PreparedPostgres } from "./postgres-prepare.js";

export interface EmbeddedPostgres {
  /** Holds a password only when the server listens on the loopback address. */
  readonly connectionString: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly version: string;
  /** True when a killed parent had left it running. */
  readonly adopted: boolean;
  /** Ends sessions, writes everything, and resolves when the process is gone. Safe to call twice. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, whoever ended it; an adopted server's code is unknown. */
  readonly exited: Promise<ServerExit>;
}

export interface ServerExit {
  readonly code?: number;
  readonly signal?: string;
}

/** A live process of ours: started, or adopted. */
interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<ServerExit>;
}

const START_TIMEOUT_MS = 120_000;
/** Backends of a server that was killed need a moment to notice; until then its shared memory is in use. */
const LEFTOVER_BACKENDS = "pre-existing shared memory block";
const LEFTOVER_TIMEOUT_MS = 10_000;
/** Somebody else started one on the same folder between our look and our start. */
const STARTED_MEANWHILE = 'lock file "postmaster.pid" already exists';
const FAST_STOP_TIMEOUT_MS = 15_000;
const IMMEDIATE_STOP_TIMEOUT_MS = 5_000;

function exitOf(child: ChildProcess): Promise<ServerExit> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) =>
      resolve({ ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }),
    );
    child.once("error", () => resolve({}));
  });
}

interface Attempt extends ServerProcess {
  /** What it said so far; only the end is kept. */
  output(): string;
  hasEnded(): boolean;
}

async function launch(prepared: PreparedPostgres, log: (line: string) => void): Promise<Attempt> {
  await prepared.beforeStart();
  const { uid, gid } = prepared;
  const child = spawn(prepared.command, prepared.args, {
    ...(uid === undefined || gid === undefined ? {} : { uid, gid }),
    cwd: prepared.cwd,
    env: prepared.env,
    stdio: ["ignore", "pipe", "pipe"],
    // A session of its own: Ctrl-C in the terminal reaches us, and we stop the server last.
    detached: true,
    windowsHide: true,
  });
  const exited = exitOf(child);
  const said: string[] = [];
  const hear = (line: string): void => {
    said.push(line);
    if (said.length > 100) said.shift();
    log(line);
  };
  createInterface({ input: child.stdout }).on("line", hear);
  createInterface({ input: child.stderr }).on("line", hear);
  child.once("error", (error) => hear(error.message));
  let ended = false;
  void exited.then(() => (ended = true));
  return { pid: child.pid ?? 0, exited, output: () => said.join("\n"), hasEnded: () => ended };
}

type Start = { readonly up: true } | { readonly up: false; readonly output: string };

async function untilReady(attempt: Attempt, prepared: PreparedPostgres): Promise<Start> {
  for (const began = performance.now(); ;) {
    if (attempt.hasEnded()) return { up: false, output: attempt.output() };
    const answer = await prepared.look();
    if (answer.kind === "serving") return { up: true };
    const late = performance.now() - began > START_TIMEOUT_MS;
    if (late || answer.kind === "refusing") {
      await end(attempt, prepared.dataDir);
      const refusal = answer.kind === "refusing" ? `FATAL: ${answer.why}` : undefined;
      const why = refusal ?? `no answer in ${START_TIMEOUT_MS / 1000} s`;
      return { up: false, output: `${attempt.output()}\n${why}` };
    }
    await pause(10);
  }
}

/** Starts the server and answers when it accepts queries, or what it said before it ended instead. */
async function start(
  prepared: PreparedPostgres,
  log: (line: string) => void,
): Promise<{ readonly server: ServerProcess } | { readonly output: string }> {
  for (const began = performance.now(); ;) {
    const attempt = await launch(prepared, log);
    const result = await untilReady(attempt, prepared);
    if (result.up) return { server: attempt };
    const again =
      result.output.includes(LEFTOVER_BACKENDS) && performance.now() - began < LEFTOVER_TIMEOUT_MS;
    if (!again) return result;
    await pause(200);
  }
}

/** Watches a process that is no child of ours: it can only be looked at from time to time. */
function watch(pid: number, dataDir: string): ServerProcess {
  const look = async (): Promise<ServerExit> => {
    while (await isServerOf(pid, dataDir)) await pause(200, undefined, { ref: false });
    return {};
  };
  return { pid, exited: look() };
}

/** Asks the server to end, harder each time. Signals nothing but a living server of that very data folder. */
async function end(server: ServerProcess, dataDir: string): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_TIMEOUT_MS],
    ["SIGQUIT", IMMEDIATE_STOP_TIMEOUT_MS],
    ["SIGKILL", IMMEDIATE_STOP_TIMEOUT_MS],
  ] as const;
  for (const [signal, withinMs] of steps) {
    if (!(await isServerOf(server.pid, dataDir))) break;
    process.kill(server.pid, signal);
    const patience = new AbortController();
    const gone = server.exited.then(() => true);
    const late = pause(withinMs, false, { signal: patience.signal }).catch(() => false);
    const left = await Promise.race([gone, late]);
    patience.abort();
    if (left) break;
  }
  await server.exited;
}

function handle(prepared: PreparedPostgres, server: ServerProcess): EmbeddedPostgres {
  const { connectionString, dataDir, version, running } = prepared;
  let stopping: Promise<void> | undefined;
  return {
    connectionString,
    pid: server.pid,
    dataDir,
    version,
    adopted: running !== undefined,
    stop: () => (stopping ??= end(server, dataDir)),
    exited: server.exited,
  };
}

function adopted(prepared: PreparedPostgres): EmbeddedPostgres | undefined {
  const { running, dataDir } = prepared;
  return running === undefined ? undefined : handle(prepared, watch(running.pid, dataDir));
}

/**
 * Serves the folder with a PostgreSQL of our own, or adopts the server that a killed parent left there. Resolves when it
 * accepts queries. Rejects with `TocsinError` STO-020 to STO-029.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const prepared = await preparePostgres(options);
  const found = adopted(prepared);
  if (found !== undefined) return found;
  const started = await start(prepared, options.log);
  if ("server" in started) return handle(prepared, started.server);
  const meanwhile = started.output.includes(STARTED_MEANWHILE)
    ? adopted(await preparePostgres(options))
    : undefined;
  if (meanwhile === undefined) throw prepared.explain(started.output);
  return meanwhile;
}
