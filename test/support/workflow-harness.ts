/**
 * Workflows in Temporal's true sandbox under a virtual clock, with stand-ins for activities, no server and no waiting: a day of a
 * monitor takes as long as its workflow tasks, about a millisecond each. Everything that a run would leave in a real history is recorded.
 */

import type { ActivityCall, WorldOptions } from "./harness/world.js";
import { World } from "./harness/world.js";
import type { Closing } from "./harness/closing.js";
import {
  booksOf,
  type Execution,
  type Moment,
  type RunBooks,
  type StartOptions,
} from "./harness/execution.js";
import { encodeArgument, signalMessage, type Message } from "./harness/messages.js";
import { decodeSearchAttributes, decode } from "./harness/payloads.js";
import type { PendingTimer } from "./harness/run-state.js";
import type { LogLine } from "./harness/sandbox.js";
import { workflowBundle } from "./workflow-bundle.js";

export { hangs, workerLost, type StandInContext, type StandIns } from "./harness/activity-stand-ins.js";
export { WorkflowTaskFailure } from "./harness/sandbox.js";

/** Where virtual time begins unless a test says otherwise: 2026-01-01T00:00:00Z. */
export const EPOCH = Date.UTC(2026, 0, 1);

export type HarnessOptions = Partial<WorldOptions> & StartOptions;

/** One step of {@link WorkflowHarness.deliverTogether}. */
export type Step =
  | { readonly signal: string; readonly payload?: unknown }
  | { readonly update: string; readonly payload?: unknown; readonly id?: string }
  | { readonly advanceMs: number }
  /** Lets time pass until the timer with this summary fires. */
  | { readonly timer: string }
  | { readonly cancel: true };

/** Starts one workflow in a world of its own; it has come to rest when the promise resolves. */
export async function startWorkflow(options: HarnessOptions): Promise<WorkflowHarness> {
  const bundleCode = options.bundleCode ?? (await workflowBundle()).code;
  const world = new World({ startAt: EPOCH, ...options, bundleCode });
  const execution = await world.act(() => world.start(options));
  return new WorkflowHarness(world, execution);
}

export class WorkflowHarness {
  readonly #world: World;
  readonly #execution: Execution;
  readonly #updates = new Map<string, Promise<unknown>>();
  #updateCount = 0;

  constructor(world: World, execution: Execution) {
    this.#world = world;
    this.#execution = execution;
  }

  /** Virtual time, epoch milliseconds. */
  now(): number {
    return this.#world.clock.now();
  }

  /** Lets `ms` of virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.advanceTo(this.now() + ms);
  }

  /** Lets virtual time pass until `at`; what is due exactly then happens. */
  advanceTo(at: number): Promise<void> {
    return this.#world.advanceTo(at);
  }

  /** Delivers what has become due without time passing, such as a promise that the test resolved. */
  settle(): Promise<void> {
    return this.#world.act(() => undefined);
  }

  signal(name: string, payload?: unknown): Promise<void> {
    return this.#world.act(() => this.#deliver(signalMessage(name, payload)));
  }

  /** The answer of the update's handler; rejects when validator or handler refuse. The same id again gives the same answer. */
  update(name: string, payload?: unknown, id = `update-${String(++this.#updateCount)}`): Promise<unknown> {
    const { update, answer } = this.#updateMessage(name, payload, id);
    if (update) this.#world.act(() => this.#deliver(update)).catch(update.settle.reject);
    return answer;
  }

  query(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#world.act(() => this.#execution.run.query(name, args));
  }

  /** Asks the workflow to cancel itself. */
  cancel(): Promise<void> {
    return this.#world.act(() => this.#deliver({ kind: "cancel" }));
  }

  /**
   * Everything in one workflow task: the workflow's workers are down while the steps happen in the given order. Core sorts signals and
   * updates before the rest, as it does for real. The answers of updates come through {@link update} with the same id.
   */
  async deliverTogether(steps: readonly Step[]): Promise<void> {
    await this.workersDown();
    for (const step of steps) await this.#take(step);
    await this.workersUp();
  }

  workersDown(): Promise<void> {
    return this.#world.setWorkers(false);
  }

  workersUp(): Promise<void> {
    return this.#world.setWorkers(true);
  }

  /** Plans a signal for a moment that no test could hit from outside. */
  signalAt(moment: Moment, name: string, payload?: unknown): void {
    this.#execution.arrive(moment, signalMessage(name, payload));
  }

  /** Throws the sandbox away, as a worker's death or a full cache does; the record is replayed and must give the same commands. */
  replay(): Promise<void> {
    return this.#world.act(() => this.#execution.run.replay());
  }

  /** How the latest run closed; undefined while it runs. */
  get closing(): Closing | undefined {
    return this.#execution.run.closing;
  }

  /** What the workflow returned. Throws when it has not, or has failed. */
  get result(): unknown {
    const { closing } = this;
    if (closing?.kind === "failed") throw closing.failure;
    if (closing?.kind !== "completed") throw new Error(`the workflow is ${closing?.kind ?? "running"}`);
    return closing.result;
  }

  /** How many times it has been continued as new. */
  get continuedAsNew(): number {
    return this.#execution.runs.filter(({ closing }) => closing?.kind === "continuedAsNew").length;
  }

  /** The books of every run, oldest first. */
  get runs(): readonly RunBooks[] {
    return this.#execution.runs.map(booksOf);
  }

  /** The books of the latest run. */
  get books(): RunBooks {
    const { run } = this.#execution;
    return booksOf(run);
  }

  /** Workflow tasks over all runs, refused ones among them: the moments at which a signal can arrive during a task. */
  get taskAttempts(): number {
    return this.#execution.attempts;
  }

  /** Timers that run, the earliest first. */
  pendingTimers(): readonly PendingTimer[] {
    return [...this.#execution.run.state.timers.values()]
      .map(({ seq, fireAt, durationMs, summary }) => ({ seq, fireAt, durationMs, summary }))
      .sort((a, b) => a.fireAt - b.fireAt || a.seq - b.seq);
  }

  /** Every attempt of every activity so far, or of those with this name. */
  activityCalls(name?: string): readonly ActivityCall[] {
    const { workflowId } = this.#execution.options;
    return this.#world.calls.filter(
      (call) => call.workflowId === workflowId && (name === undefined || call.name === name),
    );
  }

  get searchAttributes(): Readonly<Record<string, unknown>> {
    return decodeSearchAttributes(this.#execution.run.state.searchAttributes);
  }

  get memo(): Readonly<Record<string, unknown>> {
    const entries = Object.entries(this.#execution.run.state.memo);
    return Object.fromEntries(entries.map(([name, payload]) => [name, decode(payload)]));
  }

  /** The text that Temporal's user interface shows as current details. */
  async currentDetails(): Promise<string> {
    const metadata = (await this.query("__temporal_workflow_metadata")) as {
      readonly currentDetails?: string;
    };
    return metadata.currentDetails ?? "";
  }

  get logs(): readonly LogLine[] {
    return this.#execution.logs;
  }

  #deliver(message: Message): void {
    const { workflowId } = this.#execution.options;
    if (!this.#world.deliver(workflowId, message)) throw new Error(`no running workflow ${workflowId}`);
  }

  #take(step: Step): Promise<unknown> {
    if ("signal" in step) return this.signal(step.signal, step.payload);
    if ("cancel" in step) return this.cancel();
    if ("advanceMs" in step) return this.advance(step.advanceMs);
    if ("timer" in step) return this.advanceTo(this.#timer(step.timer).fireAt);
    const { update } = this.#updateMessage(step.update, step.payload, step.id);
    return update ? this.#world.act(() => this.#deliver(update)) : Promise.resolve();
  }

  #timer(summary: string): PendingTimer {
    const timers = this.pendingTimers();
    const timer = timers.find((pending) => pending.summary === summary);
    if (timer) return timer;
    const known = timers.map((pending) => pending.summary ?? "(no summary)").join(", ");
    throw new Error(`no pending timer "${summary}"; there are: ${known || "none"}`);
  }

  /** The message is undefined when an update of this id was sent before. */
  #updateMessage(
    name: string,
    payload: unknown,
    id = `update-${String(++this.#updateCount)}`,
  ): { readonly update?: Extract<Message, { kind: "update" }>; readonly answer: Promise<unknown> } {
    const known = this.#updates.get(id);
    if (known) return { answer: known };
    const { promise, resolve, reject } = withResolvers();
    // The test may look at a refusal later than it happens.
    promise.catch(() => undefined);
    this.#updates.set(id, promise);
    const settle = { resolve, reject };
    return {
      update: { kind: "update", name, input: encodeArgument(payload), id, settle },
      answer: promise,
    };
  }
}

function withResolvers(): {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
} {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<unknown>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
