/**
 * Workflows in Temporal's true sandbox under a virtual clock, with stand-ins for activities, no server and no waiting: a day of a
 * monitor takes as long as its workflow tasks, about a millisecond each. Everything that a run would leave in a real history is recorded.
 */

import type { Moment, StartOptions } from "./harness/execution.js";
import { Inspection } from "./harness/inspection.js";
import { encodeArgument, signalMessage, type Message } from "./harness/messages.js";
import { World, type WorldOptions } from "./harness/world.js";
import { workflowBundle } from "./workflow-bundle.js";

export {
  hangs,
  workerLost,
  type StandIn,
  type StandInContext,
  type StandIns,
} from "./harness/activity-stand-ins.js";
export type { Moment, RunBooks } from "./harness/execution.js";
export { WorkflowTaskFailure } from "./harness/sandbox.js";

/** Where virtual time begins unless a test says otherwise: 2026-01-01T00:00:00Z. */
export const EPOCH = Date.UTC(2026, 0, 1);

/** A signal that is planned before the workflow starts. */
interface PlannedSignal {
  readonly moment: Moment | "withStart";
  readonly signal: string;
  readonly payload?: unknown;
}

export type WorldHarnessOptions = Partial<WorldOptions>;
export type HarnessOptions = WorldHarnessOptions &
  StartOptions & { readonly signals?: readonly PlannedSignal[] };

/** One step of {@link WorkflowHarness.deliverTogether}. */
export type Step =
  | { readonly signal: string; readonly payload?: unknown }
  | { readonly update: string; readonly payload?: unknown; readonly id: string }
  | { readonly advanceMs: number }
  /** Lets time pass until the timer with this summary fires. */
  | { readonly timer: string }
  | { readonly cancel: true };

type UpdateMessage = Extract<Message, { kind: "update" }>;

/** Starts one workflow in a world of its own; it has come to rest when the promise resolves. */
export async function startWorkflow(options: HarnessOptions): Promise<WorkflowHarness> {
  const world = await openWorld(options);
  return world.start(options);
}

/** A world without workflows yet: for workflows that signal each other. The bundle is that of `workflows/` unless given. */
export async function openWorld(options: WorldHarnessOptions = {}): Promise<WorldHarness> {
  const bundleCode = options.bundleCode ?? (await workflowBundle()).code;
  return new WorldHarness(new World({ startAt: EPOCH, ...options, bundleCode }));
}

export class WorldHarness {
  constructor(private readonly world: World) {}

  /** Starts a workflow; it has come to rest when the promise resolves. */
  async start(options: StartOptions & Pick<HarnessOptions, "signals">): Promise<WorkflowHarness> {
    const execution = await this.world.act(() => {
      const started = this.world.start(options);
      for (const { moment, signal, payload } of options.signals ?? []) {
        const message = signalMessage(signal, payload);
        if (moment === "withStart") started.receive(message);
        else started.arrive(moment, message);
      }
      return started;
    });
    return new WorkflowHarness(this.world, execution);
  }

  /** For stand-ins: signals a workflow, after starting it when none runs under the id. */
  signalWithStart(options: StartOptions, name: string, payload?: unknown): void {
    this.world.signalWithStart(options, name, payload);
  }

  /** For stand-ins: signals a running workflow; false when there is none. */
  signal(workflowId: string, name: string, payload?: unknown): boolean {
    return this.world.deliver(workflowId, signalMessage(name, payload));
  }

  /** Every workflow that was started under this id, oldest first. */
  workflows(workflowId: string): readonly WorkflowHarness[] {
    return this.world.started
      .filter(({ options }) => options.workflowId === workflowId)
      .map((execution) => new WorkflowHarness(this.world, execution));
  }

  /** The workflow that was last started under this id; undefined when there was none. */
  workflow(workflowId: string): WorkflowHarness | undefined {
    const execution = this.world.executions.get(workflowId);
    return execution && new WorkflowHarness(this.world, execution);
  }

  now(): number {
    return this.world.clock.now();
  }

  advance(ms: number): Promise<void> {
    return this.world.advanceTo(this.now() + ms);
  }

  /** No worker takes activities of this task queue until {@link queueUp}. */
  queueDown(taskQueue: string): Promise<void> {
    return this.world.setQueue(taskQueue, false);
  }

  queueUp(taskQueue: string): Promise<void> {
    return this.world.setQueue(taskQueue, true);
  }

  /** {@link WorkflowHarness.replay} of every workflow. */
  async replay(): Promise<void> {
    for (const execution of this.world.started) await this.world.act(() => execution.run.replay());
  }
}

/** One workflow through all its runs. */
export class WorkflowHarness extends Inspection {
  readonly #updates = new Map<string, Promise<unknown>>();
  #updateCount = 0;

  /** Lets `ms` of virtual time pass. */
  advance(ms: number): Promise<void> {
    return this.advanceTo(this.now() + ms);
  }

  /** Lets virtual time pass until `at`; what is due exactly then happens. */
  advanceTo(at: number): Promise<void> {
    return this.world.advanceTo(at);
  }

  /** Delivers what has become due without time passing, such as a promise that the test resolved. */
  settle(): Promise<void> {
    return this.world.act(() => undefined);
  }

  signal(name: string, payload?: unknown): Promise<void> {
    return this.world.act(() => this.#deliver(signalMessage(name, payload)));
  }

  /** The answer of the update's handler; rejects when validator or handler refuse. The same id again gives the same answer. */
  update(name: string, payload?: unknown, id = `update-${String(++this.#updateCount)}`): Promise<unknown> {
    const { message, answer } = this.#updateOf(name, payload, id);
    if (message) this.world.act(() => this.#deliver(message)).catch(message.settle.reject);
    return answer;
  }

  query(name: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.world.act(() => this.execution.run.query(name, args));
  }

  /** The text that Temporal's user interface shows as current details. */
  async currentDetails(): Promise<string> {
    const metadata = (await this.query("__temporal_workflow_metadata")) as {
      readonly currentDetails?: string;
    };
    return metadata.currentDetails ?? "";
  }

  /** Ends it at once, as an operator may; it hears nothing of it. */
  terminate(): Promise<void> {
    return this.world.act(() => this.execution.run.terminate());
  }

  /** Asks the workflow to cancel itself. */
  cancel(): Promise<void> {
    return this.world.act(() => this.#deliver({ kind: "cancel" }));
  }

  /**
   * Everything in one workflow task: the workflow's workers are down while the steps happen in the given order. Core sorts signals and
   * updates before the rest, as it does for real. The answer of an update is that of {@link update} with the same id afterwards.
   */
  async deliverTogether(steps: readonly Step[]): Promise<void> {
    await this.workersDown();
    for (const step of steps) await this.#take(step);
    await this.workersUp();
  }

  /** No workflow task runs until {@link workersUp}; timers fire and activities end meanwhile. */
  workersDown(): Promise<void> {
    return this.world.setWorkers(false);
  }

  workersUp(): Promise<void> {
    return this.world.setWorkers(true);
  }

  /** No worker takes activities of this task queue until {@link queueUp}. */
  queueDown(taskQueue: string): Promise<void> {
    return this.world.setQueue(taskQueue, false);
  }

  queueUp(taskQueue: string): Promise<void> {
    return this.world.setQueue(taskQueue, true);
  }

  /** Plans a signal for a moment that no test could hit from outside. */
  signalAt(moment: Moment, name: string, payload?: unknown): void {
    this.execution.arrive(moment, signalMessage(name, payload));
  }

  /** Throws the sandbox away, as a worker's death or a full cache does; the record is replayed and must give the same commands. */
  replay(): Promise<void> {
    return this.world.act(() => this.execution.run.replay());
  }

  #deliver(message: Message): void {
    if (!this.world.deliver(this.workflowId, message))
      throw new Error(`no running workflow ${this.workflowId}`);
  }

  #take(step: Step): Promise<unknown> {
    if ("signal" in step) return this.signal(step.signal, step.payload);
    if ("cancel" in step) return this.cancel();
    if ("advanceMs" in step) return this.advance(step.advanceMs);
    if ("timer" in step) return this.advanceTo(this.pendingTimer(step.timer).fireAt);
    const { message } = this.#updateOf(step.update, step.payload, step.id);
    return message ? this.world.act(() => this.#deliver(message)) : Promise.resolve();
  }

  /** The message is undefined when an update of this id was sent before. */
  #updateOf(
    name: string,
    payload: unknown,
    id: string,
  ): { readonly message?: UpdateMessage; readonly answer: Promise<unknown> } {
    const known = this.#updates.get(id);
    if (known) return { answer: known };
    let message: UpdateMessage | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      const settle = { resolve, reject };
      message = { kind: "update", name, input: encodeArgument(payload), id, settle };
    });
    // A refusal may be looked at later than it happens: until then it counts as seen.
    answer.catch(() => undefined);
    this.#updates.set(id, answer);
    return { ...(message ? { message } : {}), answer };
  }
}
