/** What a test may look at in a workflow that is driven by the harness. */

import type { Closing } from "./closing.js";
import { booksOf, type Execution, type RunBooks } from "./execution.js";
import { decode, decodeSearchAttributes } from "./payloads.js";
import type { PendingTimer } from "./run-state.js";
import type { LogLine } from "./sandbox.js";
import type { ActivityCall, World } from "./world.js";

export class Inspection {
  constructor(
    protected readonly world: World,
    protected readonly execution: Execution,
  ) {}

  get workflowId(): string {
    return this.execution.options.workflowId;
  }

  /** Virtual time, epoch milliseconds. */
  now(): number {
    return this.world.clock.now();
  }

  /** How the latest run closed; undefined while it runs. */
  get closing(): Closing | undefined {
    return this.execution.run.closing;
  }

  /** What the workflow returned. Throws when it has not, or has failed. */
  get result(): unknown {
    const { closing } = this;
    if (closing?.kind === "failed") throw closing.failure;
    if (closing?.kind !== "completed") throw new Error(`the workflow is ${closing?.kind ?? "running"}`);
    return closing.result;
  }

  /** Why the workflow's code cannot go on: a real worker would try its task again for ever. */
  get fault(): Error | undefined {
    return this.execution.run.fault;
  }

  /** How many times it has been continued as new. */
  get continuedAsNew(): number {
    return this.execution.runs.filter(({ closing }) => closing?.kind === "continuedAsNew").length;
  }

  /** The books of every run, oldest first. */
  get runs(): readonly RunBooks[] {
    return this.execution.runs.map(booksOf);
  }

  /** The books of the latest run. */
  get books(): RunBooks {
    return booksOf(this.execution.run);
  }

  /** Workflow tasks over all runs, refused ones among them: the moments at which a signal can arrive during a task. */
  get taskAttempts(): number {
    return this.execution.attempts;
  }

  /** Timers that run, the earliest first. */
  pendingTimers(): readonly PendingTimer[] {
    return [...this.execution.run.state.timers.values()]
      .map(({ seq, fireAt, durationMs, summary }) => ({ seq, fireAt, durationMs, summary }))
      .sort((a, b) => a.fireAt - b.fireAt || a.seq - b.seq);
  }

  /** The earliest pending timer with this summary. */
  pendingTimer(summary: string): PendingTimer {
    const timers = this.pendingTimers();
    const timer = timers.find((pending) => pending.summary === summary);
    if (timer) return timer;
    const known = timers.map((pending) => pending.summary ?? "(no summary)").join(", ");
    throw new Error(`no pending timer "${summary}"; there are: ${known || "none"}`);
  }

  /** Every attempt of every activity so far, or of those with this name. */
  activityCalls(name?: string): readonly ActivityCall[] {
    return this.world.calls.filter(
      (call) => call.workflowId === this.workflowId && (name === undefined || call.name === name),
    );
  }

  get searchAttributes(): Readonly<Record<string, unknown>> {
    return decodeSearchAttributes(this.execution.run.state.searchAttributes);
  }

  get memo(): Readonly<Record<string, unknown>> {
    const entries = Object.entries(this.execution.run.state.memo);
    return Object.fromEntries(entries.map(([name, payload]) => [name, decode(payload)]));
  }

  /** What the workflow logged, replays excepted. */
  get logs(): readonly LogLine[] {
    return this.execution.logs;
  }
}
