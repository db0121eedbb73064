/** Runs everything on this machine until it is told to stop: the story of one `tocsin up`. */

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { StateDir } from "../../embedded/state-dir.js";
import { writeStateFile } from "../../embedded/state-file.js";
import { choosePorts } from "../../embedded/ports.js";
import { errorText } from "../../lib/error-code.js";
import type { Io } from "../io.js";
import type { Children } from "./children.js";
import { configureAgain, configureFirst, prepareStore } from "./configure.js";
import type { Applied, Configuring } from "./configuring.js";
import {
  childEnvironment,
  UP_RECORD,
  upRecord,
  type DemoPorts,
  type Pids,
  type Whereabouts,
} from "./installation-facts.js";
import { demoPlan, servePlan, workerPlan } from "./programs.js";
import { storeServer, temporalServer, type Surroundings } from "./servers.js";
import { terminalProgress } from "./terminal-progress.js";
import type { UpLog } from "./up-log.js";

const WISHED = { temporal: 7233, ui: 8233, api: 8470, metrics: 8471 };
const WISHED_DEMO = { controller: 8000, dispatcher: 8080, sink: 9099 };
/** The file in the state folder in which the worker says that it has swept: `{pid, sweptAt}`. */
const WORKER_FACTS = "worker.json";
const LOOK_EVERY_MS = 100;
const REMIND_EVERY_MS = 30_000;

export interface Run {
  readonly io: Io;
  readonly state: StateDir;
  readonly children: Children;
  readonly log: UpLog;
  readonly configuring: Configuring;
  readonly stop: AbortSignal;
  /** The configuration file; undefined runs the demo's. */
  readonly config: string | undefined;
  readonly demoConfig: string;
}

export interface Running {
  readonly where: Whereabouts;
  readonly applied: Applied;
  readonly pids: Pids;
  /** Reads the configuration file again. */
  reapply(): Promise<void>;
}

/** Resolves once sweeps run. Rejects with the coded reason when that cannot be; what was started is for the caller to stop. */
export async function startEverything(run: Run): Promise<Running> {
  const { children, configuring, log, io } = run;
  const where = await startServers(run);
  publish(run, where);
  await prepareStore(configuring, where, log, run.stop);
  const env = childEnvironment(where, io.env);
  children.start(workerPlan(Number(new URL(where.workerMetrics).port), env));
  children.start(servePlan(Number(new URL(where.api).port), env));
  if (where.demo !== undefined) children.start(demoPlan(where.demo, env));
  const file = run.config ?? run.demoConfig;
  const applied = await configureFirst(configuring, file, where, log);
  await untilSwept(run, applied);
  publish(run, where);
  let applying = Promise.resolve();
  return {
    where,
    applied,
    pids: pidsOf(children),
    reapply: () => (applying = applying.then(() => configureAgain(configuring, file, where, log))),
  };
}

async function startServers(run: Run): Promise<Whereabouts> {
  const { io, state, children, log, stop } = run;
  const demoWishes = run.config === undefined ? WISHED_DEMO : {};
  const { ports, notes } = await choosePorts<string>(join(state.path, "ports.json"), {
    ...WISHED,
    ...demoWishes,
  });
  for (const note of notes) log.note(note, "warn");
  const progress = terminalProgress(io, (text) => log.note(text));
  const surroundings: Surroundings = { env: io.env, state, children, log, progress, stop };
  const port = (name: string): number => ports[name] ?? 0;
  const [place, databaseUrl] = await Promise.all([
    temporalServer(surroundings, { temporal: port("temporal"), ui: port("ui") }),
    storeServer(surroundings),
  ]);
  const demo: DemoPorts | undefined =
    run.config === undefined
      ? { controller: port("controller"), dispatcher: port("dispatcher"), sink: port("sink") }
      : undefined;
  return {
    ...place,
    databaseUrl,
    api: `http://127.0.0.1:${port("api")}`,
    workerMetrics: `http://127.0.0.1:${port("metrics")}/metrics`,
    dir: state.path,
    demo,
  };
}

/** Tells other commands where everything is; called again whenever a process number changes. */
export function publish(
  { state, children, log }: Pick<Run, "state" | "children" | "log">,
  where: Whereabouts,
): void {
  try {
    writeStateFile(join(state.path, UP_RECORD), upRecord(where, pidsOf(children)));
  } catch (error) {
    log.note(`${UP_RECORD} is not up to date: ${errorText(error)}`, "warn");
  }
}

/** Other commands must not look for what is not there any more. */
export function unpublish(state: StateDir): void {
  rmSync(join(state.path, UP_RECORD), { force: true });
}

function pidsOf(children: Children): Pids {
  const pid = (name: string): number | null => children.pid(name) ?? null;
  return { temporal: pid("temporal"), postgres: pid("postgres"), worker: pid("worker"), serve: pid("serve") };
}

async function untilSwept({ state, children, log, stop }: Run, { checks }: Applied): Promise<void> {
  if (checks === 0) return;
  const path = join(state.path, WORKER_FACTS);
  let reminded = performance.now();
  while (!stop.aborted && !hasSwept(path, children.pid("worker"))) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (performance.now() - reminded < REMIND_EVERY_MS) continue;
    reminded = performance.now();
    log.note("no sweep has run yet, still waiting", "warn");
  }
}

/** Whether the worker that runs now has swept; what an earlier one wrote does not count. */
function hasSwept(path: string, pid: number | undefined): boolean {
  try {
    const facts: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof facts === "object" && facts !== null && "pid" in facts && facts.pid === pid;
  } catch {
    // Not written yet, or half.
    return false;
  }
}
