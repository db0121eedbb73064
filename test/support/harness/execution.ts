/** One workflow id through all its runs: follows continue-as-new and keeps the books of every run. */

import type { Payload } from "@temporalio/common";
import type { temporal } from "@temporalio/proto";
import { durationMs } from "./retries.js";
import type { Closing } from "./closing.js";
import type { Message } from "./messages.js";
import { decodeAll, encodeAll, encodeSearchAttributes, encode, payloadBytes } from "./payloads.js";
import { Run, type RunOptions } from "./run.js";
import type { RunPorts } from "./run-state.js";
import type { RunStart } from "./run-start.js";
import type { LogLine } from "./sandbox.js";

export interface StartOptions {
  readonly type: string;
  readonly args: readonly unknown[];
  readonly workflowId: string;
  readonly taskQueue?: string;
  readonly memo?: Readonly<Record<string, unknown>>;
  /** By name; a single value or a list. */
  readonly searchAttributes?: Readonly<Record<string, unknown>>;
  readonly staticSummary?: string;
  readonly staticDetails?: string;
  /** Stop at the first continue-as-new instead of following it. */
  readonly followContinueAsNew?: boolean;
}

/** The books of one run. Sizes in bytes, times in epoch milliseconds. */
export interface RunBooks {
  readonly runId: string;
  readonly startedAt: number;
  readonly closedAt: number | undefined;
  readonly closing: Closing["kind"] | "running";
  /** The arguments it was started with, and what they weigh. */
  readonly args: readonly unknown[];
  readonly inputBytes: number;
  /** Events in its history. */
  readonly events: number;
  readonly eventCounts: Readonly<Record<string, number>>;
  readonly historyBytes: number;
  /** User data in the history: arguments, results, messages, summaries. */
  readonly payloadBytes: number;
  readonly commands: Readonly<Record<string, number>>;
  readonly workflowTasks: number;
  readonly history: temporal.api.history.v1.IHistory;
}

/** A message that arrives at a moment which no test could hit from outside. */
export type Moment =
  | { readonly duringTask: number }
  /** While the first task is worked on that would close a run (or continue it as new): its completion is refused. */
  | "duringClosingTask"
  /** After a run has been continued as new, before the next one's first task. */
  | "beforeNextRun";

export class Execution {
  readonly runs: Run[] = [];
  readonly logs: LogLine[] = [];
  readonly #planned: { readonly moment: Moment; readonly message: Message }[] = [];
  #attempts = 0;

  constructor(
    readonly options: StartOptions,
    runId: string,
    readonly ports: RunPorts,
    readonly bundleCode: string,
  ) {
    const { workflowId, type, args, taskQueue = "tocsin", staticSummary, staticDetails } = options;
    const memo = Object.entries(options.memo ?? {}).map(([name, value]) => [name, encode(value)] as const);
    this.#begin({
      workflowId,
      workflowType: type,
      runId,
      firstRunId: runId,
      startedAt: ports.clock.now(),
      firstTaskAt: ports.clock.now(),
      taskQueue,
      input: encodeAll(args),
      memo: Object.fromEntries(memo),
      searchAttributes: encodeSearchAttributes(options.searchAttributes ?? {}),
      ...(staticSummary === undefined ? {} : { staticSummary }),
      ...(staticDetails === undefined ? {} : { staticDetails }),
    });
  }

  get run(): Run {
    const run = this.runs.at(-1);
    if (!run) throw new Error("an execution has at least one run");
    return run;
  }

  get open(): boolean {
    return !this.run.closing;
  }

  get hasWork(): boolean {
    return this.run.hasWork;
  }

  /** Workflow tasks so far, refused ones among them. */
  get attempts(): number {
    return this.#attempts;
  }

  receive(message: Message): void {
    this.run.state.receive(message);
  }

  arrive(moment: Moment, message: Message): void {
    this.#planned.push({ moment, message });
  }

  async runTask(): Promise<void> {
    const { run } = this;
    this.#attempts += 1;
    await run.runTask();
    const closing = run.closing;
    if (!closing) return;
    this.#endUpdates(run);
    if (closing.kind !== "continuedAsNew" || this.options.followContinueAsNew === false) return;
    await run.dispose();
    this.#begin(this.#next(run, closing.command));
    for (const message of this.#due((moment) => moment === "beforeNextRun")) this.receive(message);
  }

  #begin(start: RunStart): void {
    const options: RunOptions = {
      bundleCode: this.bundleCode,
      onLog: (line) => this.logs.push(line),
      arrivals: (closing) =>
        this.#due((moment) =>
          typeof moment === "object"
            ? moment.duringTask === this.#attempts
            : moment === "duringClosingTask" && closing !== undefined,
        ),
    };
    this.runs.push(new Run(start, this.ports, options));
  }

  #due(wanted: (moment: Moment) => boolean): readonly Message[] {
    const due = this.#planned.filter(({ moment }) => wanted(moment));
    for (const entry of due) this.#planned.splice(this.#planned.indexOf(entry), 1);
    return due.map(({ message }) => message);
  }

  #next(run: Run, command: Extract<Closing, { kind: "continuedAsNew" }>["command"]): RunStart {
    const { state } = run;
    const { start } = state;
    const startedAt = this.ports.clock.now();
    // What the command leaves out is carried over by the server.
    const memo = (command.memo ?? {}) as Record<string, Payload>;
    const searchAttributes = command.searchAttributes?.indexedFields as Record<string, Payload> | undefined;
    return {
      ...start,
      workflowType: command.workflowType ?? start.workflowType,
      taskQueue: command.taskQueue ?? start.taskQueue,
      runId: run.nextRunId,
      continuedFromRunId: start.runId,
      startedAt,
      firstTaskAt: startedAt + durationMs(command.backoffStartInterval),
      input: command.arguments ?? [],
      memo: Object.keys(memo).length > 0 ? memo : state.memo,
      searchAttributes: searchAttributes ?? state.searchAttributes,
    };
  }

  #endUpdates(run: Run): void {
    for (const { message, reject } of run.state.updates.values()) {
      reject(new Error(`the workflow closed before it had answered update ${message.name}`));
    }
  }
}

export function booksOf(run: Run): RunBooks {
  const { start, history } = run.state;
  return {
    runId: start.runId,
    startedAt: start.startedAt,
    closedAt: run.closedAt,
    closing: run.closing?.kind ?? "running",
    args: decodeAll(start.input),
    inputBytes: payloadBytes(start.input),
    events: history.length,
    eventCounts: history.counts(),
    historyBytes: history.bytes,
    payloadBytes: history.payloadBytes,
    commands: Object.fromEntries(run.commandCounts),
    workflowTasks: run.taskCount,
    history: history.toHistory(),
  };
}
