/** The history a real server would keep of one run: events with their attributes, counted and weighed. */

import { temporal } from "@temporalio/proto";
import { encode, payloadBytes } from "./payloads.js";
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
      eventTime: timestamp(at),
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
      taskQueue: { name: taskQueue, kind: "TASK_QUEUE_KIND_NORMAL" },
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
      identity: "harness",
      requestId: `task-${String(scheduledId)}`,
      historySizeBytes: this.#bytes,
    });
    return { scheduledId, startedId };
  }

  completeTask(at: number, task: OpenTask, usedFlags: readonly number[], firstTask: boolean): number {
    return this.add(at, "workflowTaskCompleted", {
      scheduledEventId: task.scheduledId,
      startedEventId: task.startedId,
      identity: "harness",
      sdkMetadata: {
        langUsedFlags: usedFlags,
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
      identity: "harness",
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
    taskQueue: { name: start.taskQueue, kind: "TASK_QUEUE_KIND_NORMAL" },
    input: { payloads: start.input },
    workflowTaskTimeout: timestamp(10_000),
    originalExecutionRunId: start.runId,
    firstExecutionRunId: start.firstRunId,
    identity: "harness",
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

/** What Core writes of itself: it checks ids and types of commands, and keeps patches in a search attribute. */
const CORE_FLAGS = [1, 2, 3];
