/** Follows a scenario on a real server, with a real worker. */

import { setTimeout as pause } from "node:timers/promises";
import { activityInfo, CancelledFailure, cancellationSignal, Context, heartbeat } from "@temporalio/activity";
import type { Client, WorkflowHandle } from "@temporalio/client";
import type { temporal } from "@temporalio/proto";
import { Worker, type NativeConnection } from "@temporalio/worker";
import { workflowBundle } from "../workflow-bundle.js";
import type { StandIn, StandInContext } from "../workflow-harness.js";
import type { Scenario } from "./scenarios.js";
import { HARNESS_WORKFLOWS } from "./start.js";

type Step = Scenario["steps"][number];
type History = temporal.api.history.v1.IHistory;

export interface ServerRun {
  take(step: Step): Promise<void>;
  /** Waits until there are this many events in all runs; gives up after fifteen seconds. */
  reaches(events: number): Promise<void>;
  /** Oldest run first. */
  histories(): Promise<readonly History[]>;
  /** Of the updates, in the order in which they were sent. */
  answers(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** An update's answer or refusal as text. */
export async function answerOf(answer: Promise<unknown>): Promise<string> {
  try {
    return `answered ${JSON.stringify(await answer)}`;
  } catch (error) {
    const { message, cause } = error as Error;
    return `refused: ${cause instanceof Error ? cause.message : message}`;
  }
}

export async function startOnServer(
  client: Client,
  connection: NativeConnection,
  workflowId: string,
  scenario: Scenario,
): Promise<ServerRun> {
  const { type, args = [], activities = {} } = scenario;
  const { code } = await workflowBundle(HARNESS_WORKFLOWS);
  const worker = await Worker.create({
    connection,
    taskQueue: workflowId,
    workflowBundle: { code },
    activities: Object.fromEntries(
      Object.entries(activities).map(([name, act]) => [name, realActivity(act)]),
    ),
    maxHeartbeatThrottleInterval: 100,
  });
  const running = worker.run();
  const started = await client.workflow.start(type, { taskQueue: workflowId, workflowId, args: [...args] });
  const handle = client.workflow.getHandle(workflowId);
  const updates: Promise<string>[] = [];
  const histories = (): Promise<readonly History[]> => chain(client, workflowId, started.firstExecutionRunId);
  return {
    histories,
    answers: () => Promise.all(updates),
    take: async (step) => {
      if ("signal" in step)
        await handle.signal(step.signal, ...(step.payload === undefined ? [] : [step.payload]));
      if ("update" in step) updates.push(answerOf(update(handle, step)));
    },
    reaches: async (events) => {
      const giveUpAt = performance.now() + 15_000;
      while (performance.now() < giveUpAt) {
        const counts = (await histories()).map((history) => history.events?.length ?? 0);
        if (counts.reduce((sum, count) => sum + count, 0) >= events) return;
        await pause(50);
      }
    },
    stop: async () => {
      const { status } = await handle.describe();
      if (status.name === "RUNNING") await handle.terminate();
      worker.shutdown();
      await running;
    },
  };
}

function update(handle: WorkflowHandle, step: Extract<Step, { update: string }>): Promise<unknown> {
  const { update: name, payload, id: updateId } = step;
  return payload === undefined
    ? handle.executeUpdate(name, { updateId })
    : handle.executeUpdate<unknown, [unknown]>(name, { args: [payload], updateId });
}

async function chain(client: Client, workflowId: string, firstRunId: string): Promise<readonly History[]> {
  const histories: History[] = [];
  for (let runId: string | undefined = firstRunId; runId;) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return histories;
}

/** A stand-in as a real activity, heartbeating on a timer of its own. */
function realActivity(standIn: StandIn): (input: unknown) => Promise<unknown> {
  return async (input) => {
    const beats = setInterval(() => heartbeat(), 50);
    try {
      return await standIn(input as never, realContext(input));
    } finally {
      clearInterval(beats);
    }
  };
}

function realContext(input: unknown): StandInContext {
  const info = activityInfo();
  return {
    name: info.activityType,
    args: [input],
    workflowId: info.workflowExecution?.workflowId ?? "",
    activityId: info.activityId,
    taskQueue: info.taskQueue,
    summary: undefined,
    attempt: info.attempt,
    now: () => Date.now(),
    signal: cancellationSignal(),
    heartbeatDetails: info.heartbeatDetails as unknown,
    heartbeat,
    sleep: async (ms) => {
      await Promise.race([pause(ms, undefined, { ref: false }), cancelled()]);
    },
  };
}

async function cancelled(): Promise<never> {
  await Context.current().cancelled;
  throw new CancelledFailure("CANCELLED");
}
