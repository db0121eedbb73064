/** Workflows that live on one virtual clock, and the loop that brings them to rest. */

import type { Payload } from "@temporalio/common";
import {
  hangs,
  type Latencies,
  type StandIn,
  type StandInContext,
  type StandIns,
} from "./activity-stand-ins.js";
import { Execution, type StartOptions } from "./execution.js";
import { signalMessage, type Message } from "./messages.js";
import { stableId } from "./payloads.js";
import type { RunPorts } from "./run-state.js";
import { VirtualClock } from "./virtual-clock.js";

export interface WorldOptions {
  readonly bundleCode: string;
  /** Epoch milliseconds. */
  readonly startAt: number;
  readonly activities?: StandIns;
  readonly latencyMs?: Latencies;
  /** One workflow task for each event, instead of one for everything that falls on the same millisecond. */
  readonly oneEventPerTask?: boolean;
  /** Task queues that have no workers at first. */
  readonly queuesDown?: readonly string[];
}

/** One attempt of one activity, as it was begun. */
export interface ActivityCall {
  readonly name: string;
  readonly input: unknown;
  readonly attempt: number;
  readonly at: number;
  readonly workflowId: string;
  readonly activityId: string;
  readonly taskQueue: string;
  readonly summary: string | undefined;
}

/** The server's `history.workflowIdReuseMinimalInterval`. */
const ID_REUSE_INTERVAL_MS = 1_000;
/** A workflow that never comes to rest at one instant is stopped after this many tasks. */
const MAX_TASKS_AT_ONE_INSTANT = 10_000;

export class World {
  readonly clock: VirtualClock;
  readonly calls: ActivityCall[] = [];
  readonly executions = new Map<string, Execution>();
  readonly #options: WorldOptions;
  readonly #idleQueues = new Map<string, Set<() => void>>();
  /** Every chain of runs, oldest first; one id may have several, one after the other. */
  readonly started: Execution[] = [];
  #workersUp = true;
  #fault: Error | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.clock = new VirtualClock(options.startAt);
    for (const taskQueue of options.queuesDown ?? []) this.#idleQueues.set(taskQueue, new Set());
  }

  /** Starts a workflow, or a new chain of runs under an id whose last one has closed. Its first task runs when the world settles. */
  start(options: StartOptions): Execution {
    if (this.executions.get(options.workflowId)?.open)
      throw new Error(`${options.workflowId} is running already`);
    const runId = stableId("run", options.workflowId, this.started.length);
    const execution = new Execution(options, runId, this.#ports(), this.#options.bundleCode);
    this.executions.set(options.workflowId, execution);
    this.started.push(execution);
    return execution;
  }

  /** Delivers a message to a running workflow; false when there is none under this id. */
  deliver(workflowId: string, message: Message): boolean {
    const execution = this.executions.get(workflowId);
    if (!execution?.open) return false;
    execution.receive(message);
    return true;
  }

  /** Throws, as the server refuses, when the last workflow of this id has closed and was started less than a second ago. */
  signalWithStart(options: StartOptions, name: string, payload: unknown): void {
    const last = this.executions.get(options.workflowId);
    const startedAt = last?.run.state.start.startedAt ?? -Infinity;
    if (last && !last.open && this.clock.now() - startedAt < ID_REUSE_INTERVAL_MS) {
      throw new Error("RESOURCE_EXHAUSTED: Too many starts for this workflow id");
    }
    const execution = last?.open ? last : this.start(options);
    execution.receive(signalMessage(name, payload));
  }

  /** Runs `act` and then everything that is due now; calls from a test take turns. */
  act<T>(act: () => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const result = await act();
      await this.#settle();
      return result;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  advanceTo(at: number): Promise<void> {
    return this.act(async () => {
      await this.#settle();
      for (let next = this.clock.nextAt(); next !== undefined && next <= at; next = this.clock.nextAt()) {
        this.clock.runDue(next, this.#options.oneEventPerTask);
        await this.#settle();
      }
      this.clock.moveTo(at);
    });
  }

  /** While a task queue has no workers, its activities wait for them, or for their schedule-to-start timeout. */
  setQueue(taskQueue: string, up: boolean): Promise<void> {
    return this.act(() => {
      const waiting = this.#idleQueues.get(taskQueue) ?? new Set();
      if (!up) this.#idleQueues.set(taskQueue, waiting);
      else if (this.#idleQueues.delete(taskQueue)) for (const begin of waiting) begin();
    });
  }

  /** While they are down, the server collects what happens; it all lands in one task when they are back. */
  setWorkers(up: boolean): Promise<void> {
    return this.act(() => {
      this.#workersUp = up;
    });
  }

  async #settle(): Promise<void> {
    let tasks = 0;
    for (;;) {
      // Lets stand-ins that are async functions return.
      await new Promise(setImmediate);
      const execution = this.#workersUp ? this.#withWork() : undefined;
      if (execution) await execution.runTask();
      else if (this.#fault) throw this.#fault;
      else if (this.clock.nextAt() === this.clock.now()) this.#runDueNow();
      else return;
      if (++tasks > MAX_TASKS_AT_ONE_INSTANT) throw new Error("the workflows never come to rest");
    }
  }

  #withWork(): Execution | undefined {
    return [...this.executions.values()].find(({ hasWork }) => hasWork);
  }

  #runDueNow(): void {
    this.clock.runDue(this.clock.now(), this.#options.oneEventPerTask);
  }

  #ports(): RunPorts {
    return {
      clock: this.clock,
      oneEventPerTask: this.#options.oneEventPerTask ?? false,
      takeUp: (taskQueue, begin) => this.#takeUp(taskQueue, begin),
      begin: (ctx) => this.#begin(ctx),
      latencyMs: (ctx) => {
        const latency = this.#options.latencyMs?.[ctx.name] ?? 0;
        return typeof latency === "number" ? latency : latency(ctx.args[0] as never, ctx);
      },
      signalExternal: (workflowId: string, name: string, input: readonly Payload[]) =>
        this.deliver(workflowId, { kind: "signal", name, input }),
    };
  }

  #takeUp(taskQueue: string, begin: () => void): () => void {
    const waiting = this.#idleQueues.get(taskQueue);
    if (waiting) waiting.add(begin);
    else begin();
    return () => void waiting?.delete(begin);
  }

  #begin(ctx: StandInContext): unknown {
    const { name, attempt, workflowId, activityId, taskQueue, summary } = ctx;
    const input = ctx.args[0];
    this.calls.push({ name, input, attempt, at: ctx.now(), workflowId, activityId, taskQueue, summary });
    const standIn: StandIn | undefined = this.#options.activities?.[name];
    if (!standIn) {
      // A fault of the test: it must not look like a failure of the activity.
      this.#fault = new Error(`no stand-in for the activity ${name}`);
      return hangs;
    }
    return standIn(input as never, ctx);
  }
}
