/** One `tocsin up` from its first look at the state folder to the last child's end. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { ChildrenRecord } from "../../embedded/children-record.js";
import { openStateDir, type StateDir } from "../../embedded/state-dir.js";
import { EXIT, type ExitCode } from "../../errors.js";
import { packageRoot } from "../../lib/package-root.js";
import type { Io } from "../io.js";
import { shown } from "../shown-path.js";
import { announcement, type Calling } from "./announcement.js";
import { Children } from "./children.js";
import type { Configuring } from "./configuring.js";
import { readyLine } from "./installation-facts.js";
import { publish, startEverything, unpublish, type Run, type Running } from "./run-up.js";
import { listenToSignals, type UpSignals } from "./up-signals.js";
import { UpLog } from "./up-log.js";

export interface UpOptions {
  /** The state folder, absolute. */
  readonly dir: string;
  /** As the person named it. */
  readonly config: string | undefined;
  readonly json: boolean;
}

/** Tocsin's own first, then what they stand on. */
const STOP_ORDER = [
  ["serve", "worker", "demo"],
  ["temporal", "postgres"],
];
const LEFTOVER_GRACE_MS = 5_000;
/** As a shell reports a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Resolves once everything has been stopped on request. Rejects with a `TocsinError` when it cannot start; nothing runs then. */
export async function runUp(options: UpOptions, io: Io, configuring: Configuring): Promise<ExitCode> {
  const state = openStateDir(options.dir, new Date(io.now()));
  const log = new UpLog(io, state.logs);
  const record = new ChildrenRecord(join(state.path, "children.json"));
  let running: Running | undefined;
  const children = new Children(record, log, () => {
    if (running !== undefined) publish({ state, children, log }, running.where);
  });
  const signals = listenToSignals({
    again: () => void running?.reapply(),
    force: () => forceEnd(children, state),
  });
  try {
    await endLeftovers(record, log);
    const { config } = options;
    const demoConfig = shown(join(packageRoot, "demo.yaml"), io.cwd);
    const run = { io, state, children, log, configuring, stop: signals.stop, config, demoConfig };
    running = await startUnlessStopped(run, signals);
    if (running !== undefined) {
      tell(options, io, running, config ?? demoConfig);
      await signals.stopped;
    }
    log.note("stopping (once more: at once)");
    return EXIT.ok;
  } finally {
    running = undefined;
    await children.stop(STOP_ORDER);
    unpublish(state);
    log.close();
    signals.close();
    state.release();
  }
}

/** Undefined when it was told to stop before everything ran. */
async function startUnlessStopped(run: Run, { stopped }: UpSignals): Promise<Running | undefined> {
  const started = startEverything(run);
  // A start that fails because it was stopped has nothing more to say.
  started.catch(() => undefined);
  return Promise.race([started, stopped.then(() => undefined)]);
}

function tell({ json, dir }: UpOptions, io: Io, { where, applied, pids }: Running, file: string): void {
  const told = json ? readyLine(where, pids) : announcement(where, applied, file, calling(io.cwd, dir));
  io.out(told);
}

async function endLeftovers(record: ChildrenRecord, log: UpLog): Promise<void> {
  const ended = await record.endLeftovers(LEFTOVER_GRACE_MS);
  if (ended.length > 0) log.note(`ended what an earlier run had left behind: ${ended.join(", ")}`, "warn");
}

function forceEnd(children: Children, state: StateDir): never {
  children.kill();
  state.release();
  process.exit(INTERRUPTED);
}

/** A checkout has scripts that find their own programs; an installed package is on PATH. */
function calling(cwd: string, dir: string): Calling {
  const script = (name: string): string => {
    const path = join(packageRoot, "scripts", name);
    return existsSync(path) ? shown(path, cwd) : name;
  };
  const usual = dir === resolve(cwd, ".tocsin");
  return { tocsin: script("tocsin"), temporal: script("temporal"), cwd, usual };
}
