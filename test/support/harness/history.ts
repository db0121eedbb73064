/** The history a real server would keep of one run: events with their attributes, counted and weighed. */

import { IDENTITY, STICKY_QUEUE, WORKER_VERSION } from "./identity.js";
import { temporal } from "@temporalio/proto";
import { encode, payloadBytes, stableId } from "./payloads.js";
import { timestamp, type RunStart } from "./run-start.js";

const { HistoryEvent } = temporal.api.history.v1;
type HistoryEventShape = temporal.api.history.v1.IHistoryEvent;
type AttributesKey = Extract<keyof HistoryEventShape, `${string}EventAttributes`>;
/** An event's name as its attributes spell it: `timerStarted`, `workflowTaskCompleted`… */
export type EventName = AttributesKey extends `${infer Name}EventAttributes` ? Name : never;
type Attributes<N extends EventName> = Readonly<
  Record<keyof NonNullable<HistoryEventShape[`${N}EventAttributes`]>, unknown>
>;
type UserMetadata = temporal.api.sdk.v1.IUserMetadata;

/** What a workflow task begins with; all undefined while it is speculative. */
export interface OpenTask {
  readonly scheduledId: number;
  readonly startedId: number;
}

export class RunHistory {
  readonly #events: temporal.api.history.v1.HistoryEvent[] = [];
  readonly #counts = new Map<string, number>();
  #bytes = 0;
  #payloadBytes = 0;
  readonly #flags = new Set<number>();
  #scheduledId: number | undefined;

  /** Appends an event and returns its id. Ids count from 1 without gaps. */
  add<N extends EventName>(
    at: number,
    name: N,
    attributes: Partial<Attributes<N>>,
    userMetadata?: UserMetadata | null,
  ): number {
    const eventId = this.#events.length + 1;
    const event = HistoryEvent.fromObject({
      eventId,
      eventTime: timestamp(at + SERVER_PRECISION_MS),
      eventType: `EVENT_TYPE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
      taskId: 1_048_576 + eventId,
      [`${name}EventAttributes`]: attributes,
      ...(userMetadata ? { userMetadata } : {}),
    });
    this.#events.push(event);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    this.#bytes += HistoryEvent.encode(event).finish().length;
    this.#payloadBytes += payloadBytes(attributes) + payloadBytes(userMetadata);
    return eventId;
  }

  /** Schedules a workflow task unless one is waiting already, as the server does on every event that concerns the workflow. */
  scheduleTask(at: number, taskQueue: string): void {
    this.#scheduledId ??= this.add(at, "workflowTaskScheduled", {
      taskQueue: this.#counts.has("workflowTaskStarted") ? sticky(taskQueue) : normal(taskQueue),
      startToCloseTimeout: timestamp(10_000),
      attempt: 1,
    });
  }

  get taskIsScheduled(): boolean {
    return this.#scheduledId !== undefined;
  }

  startTask(at: number, taskQueue: string): OpenTask {
    this.scheduleTask(at, taskQueue);
    const scheduledId = this.#scheduledId ?? 0;
    this.#scheduledId = undefined;
    const startedId = this.add(at, "workflowTaskStarted", {
      scheduledEventId: scheduledId,
      identity: IDENTITY,
      requestId: stableId("task", scheduledId),
      historySizeBytes: this.#bytes,
      workerVersion: WORKER_VERSION,
    });
    return { scheduledId, startedId };
  }

  completeTask(at: number, task: OpenTask, usedFlags: readonly number[]): number {
    const firstTask = !this.#counts.has("workflowTaskCompleted");
    const newFlags = usedFlags.filter((flag) => !this.#flags.has(flag));
    for (const flag of newFlags) this.#flags.add(flag);
    return this.add(at, "workflowTaskCompleted", {
      scheduledEventId: task.scheduledId,
      startedEventId: task.startedId,
      identity: IDENTITY,
      workerVersion: WORKER_VERSION,
      meteringMetadata: {},
      sdkMetadata: {
        langUsedFlags: newFlags,
        coreUsedFlags: firstTask ? CORE_FLAGS : [],
        ...(firstTask ? { sdkName: "temporal-typescript", sdkVersion: "1.24.0" } : {}),
      },
    });
  }

  failTask(at: number, task: OpenTask): void {
    this.add(at, "workflowTaskFailed", {
      scheduledEventId: task.scheduledId,
      startedEventId: task.startedId,
      cause: "WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND",
      failure: { message: "UnhandledCommand" },
      identity: IDENTITY,
    });
  }

  /** Number of events. */
  get length(): number {
    return this.#events.length;
  }

  /** Bytes of the encoded events, as the server counts the size of a history. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of user data among them. */
  get payloadBytes(): number {
    return this.#payloadBytes;
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  toHistory(): temporal.api.history.v1.IHistory {
    return { events: this.#events };
  }
}

/** The event that opens a run. */
export function recordStart(history: RunHistory, start: RunStart): void {
  const { staticSummary, staticDetails, continuedFromRunId } = start;
  const attributes = {
    workflowType: { name: start.workflowType },
    workflowId: start.workflowId,
    taskQueue: normal(start.taskQueue),
    input: { payloads: start.input },
    workflowTaskTimeout: timestamp(10_000),
    originalExecutionRunId: start.runId,
    firstExecutionRunId: start.firstRunId,
    identity: IDENTITY,
    attempt: 1,
    memo: { fields: start.memo },
    searchAttributes: { indexedFields: start.searchAttributes },
    header: {},
    ...(continuedFromRunId === undefined ? {} : { continuedExecutionRunId: continuedFromRunId }),
  };
  history.add(start.startedAt, "workflowExecutionStarted", attributes, {
    ...(staticSummary === undefined ? {} : { summary: encode(staticSummary) }),
    ...(staticDetails === undefined ? {} : { details: encode(staticDetails) }),
  });
}

export function normal(name: string): { readonly name: string; readonly kind: string } {
  return { name, kind: "TASK_QUEUE_KIND_NORMAL" };
}

function sticky(normalName: string): Readonly<Record<string, string>> {
  return { name: STICKY_QUEUE, kind: "TASK_QUEUE_KIND_STICKY", normalName };
}

/** A server's times have nanoseconds, which weigh something too. */
const SERVER_PRECISION_MS = 0.123456;

/** What Core writes of itself: it checks ids and types of commands, and keeps patches in a search attribute. */
const CORE_FLAGS = [1, 2, 3];
