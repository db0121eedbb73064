/** One run of a workflow: its tasks as server and worker carry them out together, and its replay from the record. */

import { answersWithinTask, closingOf, recordClosing, sentCommands, type Closing } from "./closing.js";
import { carryOut, kindOf } from "./commands.js";
import { inCoreOrder, type InboxEntry, type Message } from "./messages.js";
import { stableId } from "./payloads.js";
import { replayTask, type TaskRecord } from "./replay.js";
import { RunState, type RunPorts } from "./run-state.js";
import type { RunStart } from "./run-start.js";
import { Sandbox, type ActivationJob, type Command, type LogLine, type TaskMeta } from "./sandbox.js";

interface Work extends TaskRecord {
  readonly usedFlags: readonly number[];
}

export interface RunOptions {
  readonly bundleCode: string;
  readonly onLog: (line: LogLine) => void;
  /** What arrives while the task is worked on; asked once the worker has finished it. */
  readonly arrivals: (closing: Closing | undefined) => readonly Message[];
}

/** The server suggests continue-as-new from this many events or bytes on. */
const SUGGEST_CAN_EVENTS = 4_096;
const SUGGEST_CAN_BYTES = 4 * 1024 * 1024;

export class Run {
  readonly state: RunState;
  readonly commandCounts = new Map<string, number>();
  readonly #options: RunOptions;
  readonly #tasks: TaskRecord[] = [];
  #sandbox: Sandbox | undefined;
  #closing: Closing | undefined;
  #closedAt: number | undefined;
  #fault: Error | undefined;

  constructor(start: RunStart, ports: RunPorts, options: RunOptions) {
    this.state = new RunState(start, ports);
    this.#options = options;
  }

  get closing(): Closing | undefined {
    return this.#closing;
  }

  /** Why the workflow's code cannot go on: a real worker would try its task again for ever. */
  get fault(): Error | undefined {
    return this.#fault;
  }

  get closedAt(): number | undefined {
    return this.#closedAt;
  }

  /** Completed workflow tasks. */
  get taskCount(): number {
    return this.#tasks.length;
  }

  get hasWork(): boolean {
    const { inbox, history, backingOff } = this.state;
    if (backingOff || this.#closing || this.#fault) return false;
    return inbox.length > 0 || history.taskIsScheduled;
  }

  get nextRunId(): string {
    return stableId(this.state.start.runId, "next");
  }

  async query(name: string, args: readonly unknown[]): Promise<unknown> {
    return (await this.#open()).query(name, args);
  }

  /** One workflow task with everything that waits for it. */
  async runTask(): Promise<void> {
    const { state } = this;
    const { history, now } = state;
    const { taskQueue } = state.start;
    // A task for updates alone stays out of the history until one of them is accepted.
    const open = history.taskIsScheduled ? history.startTask(now, taskQueue) : undefined;
    const meta = this.#meta(open ? 0 : 2);
    const entries = state.inbox.splice(0);
    const work = await this.#work(inCoreOrder(entries.map(({ job }) => job)), meta).catch(
      (error: unknown) => {
        this.#fault = error instanceof Error ? error : new Error(String(error));
        throw error;
      },
    );
    const commands = sentCommands(work.commands);
    const closingCommand = commands.find((command) => closingOf(command) !== undefined);
    const closing = closingCommand && closingOf(closingCommand);
    const arrivals = this.#options.arrivals(closing);
    if (closing && arrivals.length > 0) {
      history.failTask(now, open ?? history.startTask(now, taskQueue));
      await this.#refuse(entries, arrivals);
      return;
    }
    if (!open && commands.every((command) => this.#isRejection(command, commands))) {
      for (const command of commands) carryOut(state, command, 0);
    } else {
      const task = open ?? history.startTask(now, taskQueue);
      const completedId = history.completeTask(now, task, work.usedFlags);
      this.#record(work);
      for (const command of commands) {
        this.#count(command);
        if (command !== closingCommand) carryOut(state, command, completedId);
      }
      if (closingCommand) recordClosing(state, closingCommand, completedId, this.nextRunId);
    }
    if (closing) this.#close(closing);
    for (const message of arrivals) state.receive(message);
  }

  /** As an operator ends it: at once, without a workflow task. */
  async terminate(): Promise<void> {
    const { history, now } = this.state;
    history.add(now, "workflowExecutionTerminated", { reason: "terminated by the test" });
    this.#close({ kind: "terminated" });
    await this.dispose();
  }

  /** Throws the sandbox away, as a worker's death or a full cache does, and replays the record; fails when the replay differs. */
  async replay(): Promise<void> {
    await this.dispose();
    await this.#open();
  }

  async dispose(): Promise<void> {
    await this.#sandbox?.dispose();
    this.#sandbox = undefined;
  }

  async #open(): Promise<Sandbox> {
    if (this.#sandbox) return this.#sandbox;
    const { bundleCode, onLog } = this.#options;
    const sandbox = await Sandbox.open(bundleCode, this.state.start, onLog);
    this.#sandbox = sandbox;
    for (const [index, task] of this.#tasks.entries()) await replayTask(sandbox, task, index);
    return sandbox;
  }

  async #work(jobs: readonly ActivationJob[], meta: TaskMeta): Promise<Work> {
    const activations: (readonly ActivationJob[])[] = [];
    const commands: Command[] = [];
    let usedFlags: readonly number[] = [];
    for (let next = jobs; next.length > 0;) {
      const completion = await (await this.#open()).activate(next, meta);
      activations.push(next);
      commands.push(...completion.commands);
      usedFlags = completion.usedFlags;
      next = answersWithinTask(this.state, commands, completion.commands);
    }
    return { meta, activations, commands, usedFlags };
  }

  /** UnhandledCommand: the server does not let a run close over a message it has not seen; the task is done again with it. */
  async #refuse(entries: readonly InboxEntry[], arrivals: readonly Message[]): Promise<void> {
    await this.dispose();
    for (const message of arrivals) this.state.receive(message);
    this.state.inbox.unshift(...entries);
    this.state.history.scheduleTask(this.state.now, this.state.start.taskQueue);
  }

  #record({ meta, activations, commands, usedFlags }: Work): void {
    const refused = new Set(
      commands.filter((command) => this.#isRejection(command, commands)).map(instanceOf),
    );
    const kept = activations.map((jobs) =>
      jobs.flatMap((job): ActivationJob[] => {
        if (!job.doUpdate) return [job];
        const { protocolInstanceId } = job.doUpdate;
        if (refused.has(protocolInstanceId ?? "")) return [];
        return [{ doUpdate: { ...job.doUpdate, runValidator: false } }];
      }),
    );
    this.#tasks.push({
      meta: { ...meta, replaying: true, flags: usedFlags },
      activations: kept.filter((jobs) => jobs.length > 0),
      commands: commands.filter((command) => !this.#isRejection(command, commands)),
    });
  }

  #close(closing: Closing): void {
    this.#closing = closing;
    this.#closedAt = this.state.now;
    this.state.close();
  }

  /** Whether the command turns an update away that was never accepted: such an update leaves no trace. */
  #isRejection(command: Command, commands: readonly Command[]): boolean {
    if (!command.updateResponse?.rejected) return false;
    const id = instanceOf(command);
    const accepted = (other: Command): boolean =>
      instanceOf(other) === id && !!other.updateResponse?.accepted;
    return this.state.updates.get(id)?.acceptedId === undefined && !commands.some(accepted);
  }

  #count(command: Command): void {
    const kind = kindOf(command);
    this.commandCounts.set(kind, (this.commandCounts.get(kind) ?? 0) + 1);
  }

  #meta(eventsToCome: number): TaskMeta {
    const { length, bytes } = this.state.history;
    return {
      at: this.state.now,
      replaying: false,
      historyLength: length + eventsToCome,
      historySizeBytes: bytes,
      continueAsNewSuggested: length >= SUGGEST_CAN_EVENTS || bytes >= SUGGEST_CAN_BYTES,
    };
  }
}

function instanceOf(command: Command): string {
  return command.updateResponse?.protocolInstanceId ?? "";
}
