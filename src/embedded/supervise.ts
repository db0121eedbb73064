/**
 * Keeps one child process running: starts it, finds out when it serves, starts it again within a second when it ends, waits longer
 * when it keeps ending, never gives up, and stops it when told to. Knows nothing of what the child is.
 */

import { spawn, type ChildProcess } from "node:child_process";

import { TocsinError } from "../errors.js";
import { errorText } from "../lib/error-code.js";
import type { ChildEvent, ChildPlan } from "./child-plan.js";
import { eachLine } from "./lines.js";

const FIRST_RESTART_MS = 100;
const LONGEST_RESTART_MS = 15_000;
const SETTLED_MS = 5_000;
const ASK_EVERY_MS = 100;
const KEPT_LINES = 12;

/** How long to wait before starting again after so many deaths in a row soon after a start: at once at first, then doubling up to 15 s. */
export function restartDelayMs(earlyDeaths: number): number {
  return Math.min(FIRST_RESTART_MS * 2 ** Math.min(earlyDeaths, 20), LONGEST_RESTART_MS);
}

/** One supervised child. It owns the process: `stop` must be awaited before the program ends. */
export class Supervised {
  readonly name: string;
  readonly #plan: ChildPlan;
  readonly #tell: (event: ChildEvent) => void;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #asking: AbortController | undefined;
  #startedAt = 0;
  #isReady = false;
  #stopping = false;
  #deathsBeforeReady = 0;
  #earlyDeaths = 0;
  #lastLines: readonly string[] = [];
  #wake: (() => void)[] = [];

  constructor(plan: ChildPlan, tell: (event: ChildEvent) => void) {
    this.name = plan.name;
    this.#plan = plan;
    this.#tell = tell;
  }

  /** The running process's number, undefined between two lives. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts it for the first time; every further start happens by itself. */
  start(): void {
    const { prepare } = this.#plan;
    if (prepare === undefined) {
      this.#spawn();
      return;
    }
    prepare().then(
      () => this.#spawn(),
      (error: unknown) => {
        this.#lastLines = [errorText(error)];
        this.#again(undefined, "it could not be prepared");
      },
    );
  }

  #spawn(): void {
    if (this.#stopping) return;
    const { command, args, env, cwd, owner, holdsInput } = this.#plan;
    const child = spawn(command, args, {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      ...owner,
      stdio: [holdsInput ? "pipe" : "ignore", "pipe", "pipe"],
      // A group of its own: Ctrl-C in the terminal reaches this process alone, which then stops the children in their order.
      detached: true,
    });
    this.#child = child;
    this.#startedAt = performance.now();
    this.#listen(child);
    if (child.pid === undefined) return;
    this.#tell({ kind: "started", pid: child.pid });
    void this.#awaitService(child);
  }

  /**
   * Resolves once the child serves. Rejects with RUN-016 when it died `deaths` times without ever serving, or was stopped: a start
   * that cannot work should be told to a person, not repeated for ever.
   */
  async whenReady(deaths: number): Promise<void> {
    while (!this.#isReady) {
      if (this.#stopping) throw new TocsinError("RUN-016", `${this.name} was stopped before it served`);
      if (this.#deathsBeforeReady >= deaths) throw this.#neverServed();
      await new Promise<void>((wake) => this.#wake.push(wake));
    }
  }

  /** Ends the child: asks it to, and SIGKILL to its group after the grace. Resolves when it is gone; it will not be started again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#asking?.abort();
    const child = this.#child;
    if (child?.pid !== undefined) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill(this.#plan.stopSignal ?? "SIGTERM");
      const force = setTimeout(() => this.kill(), this.#plan.graceMs);
      await gone;
      clearTimeout(force);
    }
    this.#wakeAll();
    this.#tell({ kind: "stopped" });
  }

  /** Ends the child and all it started at once, without asking. It is started again unless `stop` was called. */
  kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // The group is gone already; so is the child, or this reaches it.
      this.#child?.kill("SIGKILL");
    }
  }

  #listen(child: ChildProcess): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const source = child[stream];
      if (source === null) continue;
      eachLine(source, (line) => {
        this.#lastLines = [...this.#lastLines, line].slice(-KEPT_LINES);
        this.#tell({ kind: "line", stream, line });
      });
    }
    child.once("exit", (code, signal) =>
      this.#ended(child, signal ?? undefined, signal ?? `exit code ${code ?? "unknown"}`),
    );
    child.on("error", (error) => {
      // Only a child that never began has no exit to come.
      if (child.pid === undefined) this.#ended(child, undefined, error.message);
    });
  }

  #ended(child: ChildProcess, signal: NodeJS.Signals | undefined, why: string): void {
    if (this.#child !== child) return;
    this.#asking?.abort();
    this.#child = undefined;
    this.#again(signal, why);
  }

  #again(signal: NodeJS.Signals | undefined, why: string): void {
    if (this.#stopping) return;
    this.#count(signal);
    this.#isReady = false;
    const restartInMs = restartDelayMs(this.#earlyDeaths);
    this.#earlyDeaths += 1;
    this.#tell({ kind: "ended", why, restartInMs });
    this.#restart = setTimeout(() => this.start(), restartInMs);
    this.#wakeAll();
  }

  /** A child that served for a while, or that served and was killed from outside, did not die of itself: it is started at once. */
  #count(signal: NodeJS.Signals | undefined): void {
    if (!this.#isReady) {
      this.#deathsBeforeReady += 1;
      return;
    }
    const settled = performance.now() - this.#startedAt >= SETTLED_MS;
    if (settled || signal === "SIGKILL") this.#earlyDeaths = 0;
  }

  async #awaitService(child: ChildProcess): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    const { serves } = this.#plan;
    const isStale = (): boolean => asking.signal.aborted;
    while (serves !== undefined && !isStale()) {
      const answer = await serves(asking.signal);
      if (answer === true) break;
      if (answer !== false && !isStale()) {
        this.#lastLines = [...this.#lastLines, answer.never].slice(-KEPT_LINES);
        this.kill();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    if (isStale() || this.#child !== child || child.pid === undefined) return;
    this.#isReady = true;
    this.#tell({ kind: "ready", pid: child.pid, afterMs: Math.round(performance.now() - this.#startedAt) });
    this.#wakeAll();
  }

  #neverServed(): TocsinError {
    const words = this.#lastLines.join("\n");
    const explained = this.#plan.explain?.(words);
    if (explained !== undefined) return explained;
    const said = words === "" ? "it said nothing" : `its last words:\n  ${words.replaceAll("\n", "\n  ")}`;
    const what = `${this.name} ended ${this.#deathsBeforeReady} times without ever serving`;
    return new TocsinError("RUN-016", `${what}; ${said}`);
  }

  #wakeAll(): void {
    const sleepers = this.#wake;
    this.#wake = [];
    for (const wake of sleepers) wake();
  }
}
