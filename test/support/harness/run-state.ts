/** What the server holds of a running workflow: its history, what it waits for, and the jobs of its next task. */

import { IDENTITY } from "./identity.js";
import type { Payload } from "@temporalio/common";
import type { StandInContext } from "./activity-stand-ins.js";
import { ActivityTask, type ActivityOutcome, type ScheduleActivity } from "./activity-task.js";
import { recordStart, RunHistory } from "./history.js";
import { messageJob, type InboxEntry, type Message, type UpdateSettlers } from "./messages.js";
import { recordActivityEnd, type ActivityOnRecord } from "./activity-events.js";
import { decode, decodeFailure, stableId, type Failure } from "./payloads.js";
import { initializeJob, type RunStart } from "./run-start.js";
import type { ActivationJob } from "./sandbox.js";
import type { VirtualClock } from "./virtual-clock.js";

export interface RunPorts {
  readonly clock: VirtualClock;
  readonly takeUp: (taskQueue: string, begin: () => void) => () => void;
  readonly begin: (ctx: StandInContext) => unknown;
  readonly latencyMs: (ctx: StandInContext) => number;
  readonly oneEventPerTask: boolean;
  /** Delivers a signal to another workflow; false when there is none. */
  readonly signalExternal: (workflowId: string, name: string, input: readonly Payload[]) => boolean;
}

/** A timer that runs on the server. Times in epoch milliseconds. */
export interface PendingTimer {
  readonly seq: number;
  readonly fireAt: number;
  readonly durationMs: number;
  readonly summary: string | undefined;
}

interface TimerEntry extends PendingTimer {
  readonly startedId: number;
  readonly takeBack: () => void;
}

interface ActivityEntry extends ActivityOnRecord {
  readonly task: ActivityTask;
  /** The workflow was told of its cancellation and hears no more of it. */
  toldCancelled?: boolean;
}

export interface UpdateEntry extends UpdateSettlers {
  readonly message: Extract<Message, { kind: "update" }>;
  acceptedId?: number;
}

type SummaryCarrier = { readonly summary?: Payload | null } | null | undefined;

export class RunState {
  readonly history = new RunHistory();
  readonly inbox: InboxEntry[] = [];
  readonly timers = new Map<number, TimerEntry>();
  readonly activities = new Map<number, ActivityEntry>();
  readonly updates = new Map<string, UpdateEntry>();
  readonly patches = new Set<string>();
  closed = false;
  searchAttributes: Readonly<Record<string, Payload>>;
  memo: Readonly<Record<string, Payload>>;

  constructor(
    readonly start: RunStart,
    readonly ports: RunPorts,
  ) {
    this.searchAttributes = start.searchAttributes;
    this.memo = start.memo;
    recordStart(this.history, start);
    this.inbox.push({ job: initializeJob(start) });
    if (this.backingOff) ports.clock.plan(start.firstTaskAt, () => this.wake(undefined));
    else this.wake(undefined);
  }

  get now(): number {
    return this.ports.clock.now();
  }

  /** The first task waits for the back-off of continue-as-new. */
  get backingOff(): boolean {
    return this.now < this.start.firstTaskAt;
  }

  /** Puts a job before the workflow's next task, after the event that caused it has been recorded. */
  wake(job: ActivationJob | undefined, message?: Message): void {
    if (!this.backingOff && !this.closed) this.history.scheduleTask(this.now, this.start.taskQueue);
    if (job) this.inbox.push({ job, ...(message ? { message } : {}) });
  }

  receive(message: Message): void {
    const job = messageJob(message);
    switch (message.kind) {
      case "signal":
        this.history.add(this.now, "workflowExecutionSignaled", {
          signalName: message.name,
          input: { payloads: message.input },
          identity: IDENTITY,
          header: {},
          requestId: stableId("signal", this.history.length),
        });
        this.wake(job, message);
        return;
      case "cancel":
        this.history.add(this.now, "workflowExecutionCancelRequested", { identity: IDENTITY });
        this.wake(job, message);
        return;
      case "update":
        // An update leaves nothing in the history until the workflow has accepted it.
        this.updates.set(message.id, { message, ...message.settle });
        this.inbox.push({ job, message });
    }
  }

  startTimer(seq: number, startedId: number, timeoutMs: number, summary: string | undefined): void {
    const fireAt = this.now + timeoutMs;
    const takeBack = this.ports.clock.plan(fireAt, () => {
      // The server fires what is due together in one transaction.
      const due = [...this.timers.values()].filter((timer) => timer.fireAt === fireAt);
      for (const timer of this.ports.oneEventPerTask ? due.slice(0, 1) : due) this.#fire(timer);
      this.wake(undefined);
    });
    this.timers.set(seq, { seq, fireAt, durationMs: timeoutMs, summary, startedId, takeBack });
  }

  #fire(timer: TimerEntry): void {
    const { seq, startedId, takeBack } = timer;
    takeBack();
    this.timers.delete(seq);
    this.history.add(this.now, "timerFired", { timerId: String(seq), startedEventId: startedId });
    this.inbox.push({ job: { fireTimer: { seq } } });
  }

  startActivity(
    seq: number,
    scheduledId: number,
    command: ScheduleActivity,
    summary: string | undefined,
  ): void {
    const { clock, takeUp, begin, latencyMs } = this.ports;
    const workflowId = this.start.workflowId;
    const onEnd = (outcome: ActivityOutcome): void => this.#endActivity(seq, outcome);
    const task = new ActivityTask(command, { clock, workflowId, summary, takeUp, begin, latencyMs, onEnd });
    this.activities.set(seq, { scheduledId, command, task });
    task.schedule();
  }

  acceptUpdate(id: string, workflowTaskCompletedEventId: number): void {
    const entry = this.updates.get(id);
    if (!entry) return;
    const { name, input } = entry.message;
    entry.acceptedId = this.history.add(this.now, "workflowExecutionUpdateAccepted", {
      protocolInstanceId: id,
      acceptedRequestMessageId: `${id}/request`,
      acceptedRequestSequencingEventId: workflowTaskCompletedEventId - 2,
      acceptedRequest: {
        meta: { updateId: id, identity: IDENTITY },
        input: { name, args: { payloads: input }, header: {} },
      },
    });
  }

  /** A rejection before acceptance leaves no event. */
  finishUpdate(id: string, outcome: { readonly success?: Payload; readonly failure?: Failure }): void {
    const entry = this.updates.get(id);
    if (!entry) return;
    this.updates.delete(id);
    if (entry.acceptedId !== undefined) {
      const { success, failure } = outcome;
      this.history.add(this.now, "workflowExecutionUpdateCompleted", {
        meta: { updateId: id, identity: IDENTITY },
        acceptedEventId: entry.acceptedId,
        outcome: success ? { success: { payloads: [success] } } : { failure },
      });
    }
    if (outcome.failure) entry.reject(decodeFailure(outcome.failure));
    else entry.resolve(decode(outcome.success));
  }

  /** Takes back everything that is still planned; the run has closed. */
  close(): void {
    this.closed = true;
    for (const { takeBack } of this.timers.values()) takeBack();
    for (const { task } of this.activities.values()) task.abandon();
    this.timers.clear();
    this.activities.clear();
  }

  #endActivity(seq: number, outcome: ActivityOutcome): void {
    const entry = this.activities.get(seq);
    if (!entry) return;
    this.activities.delete(seq);
    const result = recordActivityEnd(this.history, this.now, entry, outcome);
    this.wake(entry.toldCancelled ? undefined : { resolveActivity: { seq, result } });
  }
}

/** The text that stands beside a timer or an activity in Temporal's own user interface. */
export function summaryOf(metadata: SummaryCarrier): string | undefined {
  return metadata?.summary ? String(decode(metadata.summary)) : undefined;
}
