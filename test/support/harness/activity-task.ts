/** One scheduled activity as the server runs it: attempts, retries, timeouts, cancellation; all in virtual time. */

import { CancelledFailure, type Payload } from "@temporalio/common";
import { temporal, type coresdk } from "@temporalio/proto";
import { hangs, virtualSleep, workerLost, type StandInContext } from "./activity-stand-ins.js";
import { decodeAll, encode, encodeFailure, type Failure } from "./payloads.js";
import { durationMs, nextRetry, timeoutFailure, type TimeoutName } from "./retries.js";
import type { VirtualClock } from "./virtual-clock.js";

export type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity;

type TimeoutField = Extract<keyof ScheduleActivity, `${string}Timeout`>;

const { RetryState } = temporal.api.enums.v1;

/** How an activity ended, as the server reports it to the workflow. `attempt` is 0 when it ended before it ever began. */
export type ActivityOutcome =
  | { readonly kind: "completed"; readonly attempt: number; readonly result: Payload }
  | {
      readonly kind: "failed" | "timedOut";
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryState: temporal.api.enums.v1.RetryState;
    }
  | { readonly kind: "cancelled"; readonly attempt: number };

export interface ActivityPorts {
  readonly clock: VirtualClock;
  readonly workflowId: string;
  readonly summary: string | undefined;
  /** Calls `begin` when a worker of the queue takes the attempt; returns what takes it off the queue. */
  readonly takeUp: (taskQueue: string, begin: () => void) => () => void;
  /** Runs the stand-in of one attempt. */
  readonly begin: (ctx: StandInContext) => unknown;
  readonly latencyMs: (ctx: StandInContext) => number;
  readonly onEnd: (outcome: ActivityOutcome) => void;
}

export class ActivityTask {
  readonly #command: ScheduleActivity;
  readonly #ports: ActivityPorts;
  readonly #expiresAt: number;
  readonly #args: readonly unknown[];
  #attempt = 0;
  #running: { readonly controller: AbortController; readonly takeBacks: (() => void)[] } | undefined;
  /** Of what is planned between attempts. */
  #takeBackRetry: (() => void) | undefined;
  #leaveQueue: (() => void) | undefined;
  readonly #takeBackDeadline: () => void;
  #heartbeatDetails: unknown;
  #cancelRequested = false;
  #ended = false;

  constructor(command: ScheduleActivity, ports: ActivityPorts) {
    this.#command = command;
    this.#ports = ports;
    this.#args = decodeAll(command.arguments);
    this.#expiresAt = ports.clock.now() + this.#timeoutMs("scheduleToCloseTimeout");
    this.#takeBackDeadline = ports.clock.plan(this.#expiresAt, () => {
      this.#end({
        kind: "timedOut",
        attempt: this.#attempt,
        failure: timeoutFailure("SCHEDULE_TO_CLOSE"),
        retryState: RetryState.RETRY_STATE_TIMEOUT,
      });
    });
  }

  /** Puts the next attempt on its task queue; it begins when a worker takes it. */
  schedule(): void {
    this.#takeBackRetry = this.#ports.clock.plan(
      this.#ports.clock.now() + this.#timeoutMs("scheduleToStartTimeout"),
      () => this.#endUntaken(),
    );
    this.#leaveQueue = this.#ports.takeUp(this.#command.taskQueue ?? "", () => this.#begin());
  }

  #begin(): void {
    this.#takeBackRetry?.();
    this.#attempt += 1;
    const attempt = this.#attempt;
    const { clock } = this.#ports;
    const controller = new AbortController();
    const running = { controller, takeBacks: [] as (() => void)[] };
    this.#running = running;
    const ctx = this.#context(controller.signal);
    const startedAt = clock.now();
    const settle = (report: () => void): void => {
      if (this.#running !== running) return;
      const latencyMs = this.#ports.latencyMs(ctx);
      running.takeBacks.push(clock.plan(startedAt + latencyMs, report));
    };
    const succeed = (result: unknown): void =>
      settle(() => this.#end({ kind: "completed", attempt, result: encode(result) }));
    const fail = (error: unknown): void => settle(() => this.#failAttempt(error));

    this.#timeOutAfter("startToCloseTimeout", "START_TO_CLOSE");
    try {
      const result = this.#ports.begin(ctx);
      if (result === hangs) return;
      if (result === workerLost) this.#timeOutAfter("heartbeatTimeout", "HEARTBEAT");
      else if (result instanceof Promise) result.then(succeed, fail);
      else succeed(result);
    } catch (error) {
      fail(error);
    }
  }

  /** The workflow asked for cancellation. Only an activity that heartbeats hears of it. */
  requestCancel(): void {
    if (this.#ended) return;
    this.#cancelRequested = true;
    if (this.#running === undefined) this.#end({ kind: "cancelled", attempt: 0 });
    else if (this.#timeoutMs("heartbeatTimeout") < Infinity) {
      this.#running.controller.abort(new CancelledFailure("CANCELLED"));
    }
  }

  /** The workflow has closed: nothing of this activity is reported any more. */
  abandon(): void {
    if (this.#ended) return;
    const running = this.#running;
    this.#close();
    running?.controller.abort(new CancelledFailure("NOT_FOUND"));
  }

  #context(signal: AbortSignal): StandInContext {
    const { clock, workflowId, summary } = this.#ports;
    const { activityType, activityId, taskQueue } = this.#command;
    return {
      name: activityType ?? "",
      args: this.#args,
      workflowId,
      activityId: activityId ?? "",
      taskQueue: taskQueue ?? "",
      summary,
      attempt: this.#attempt,
      now: () => clock.now(),
      signal,
      heartbeatDetails: this.#heartbeatDetails,
      heartbeat: (details) => {
        this.#heartbeatDetails = details;
      },
      sleep: virtualSleep(clock, signal),
    };
  }

  #failAttempt(error: unknown): void {
    if (error instanceof CancelledFailure && this.#cancelRequested) {
      this.#end({ kind: "cancelled", attempt: this.#attempt });
    } else this.#endAttempt("failed", encodeFailure(error));
  }

  #timeOutAfter(field: "startToCloseTimeout" | "heartbeatTimeout", type: TimeoutName): void {
    const takeBack = this.#ports.clock.plan(this.#ports.clock.now() + this.#timeoutMs(field), () =>
      this.#endAttempt("timedOut", timeoutFailure(type)),
    );
    this.#running?.takeBacks.push(takeBack);
  }

  #endAttempt(kind: "failed" | "timedOut", failure: Failure): void {
    const { clock } = this.#ports;
    const retry = this.#cancelRequested
      ? { refused: RetryState.RETRY_STATE_CANCEL_REQUESTED }
      : nextRetry(this.#command.retryPolicy ?? {}, this.#attempt, failure);
    if ("refused" in retry) {
      this.#end({ kind, attempt: this.#attempt, failure, retryState: retry.refused });
    } else if (clock.now() + retry.afterMs >= this.#expiresAt) {
      this.#end({ kind, attempt: this.#attempt, failure, retryState: RetryState.RETRY_STATE_TIMEOUT });
    } else {
      this.#stopAttempt();
      this.#takeBackRetry = clock.plan(clock.now() + retry.afterMs, () => this.schedule());
    }
  }

  #endUntaken(): void {
    const retryState = RetryState.RETRY_STATE_TIMEOUT;
    this.#end({ kind: "timedOut", attempt: 0, failure: timeoutFailure("SCHEDULE_TO_START"), retryState });
  }

  #end(outcome: ActivityOutcome): void {
    if (this.#ended) return;
    this.#close();
    this.#ports.onEnd(outcome);
  }

  #close(): void {
    this.#ended = true;
    this.#stopAttempt();
    this.#takeBackDeadline();
    this.#takeBackRetry?.();
    this.#leaveQueue?.();
  }

  #stopAttempt(): void {
    this.#running?.takeBacks.forEach((takeBack) => takeBack());
    this.#running = undefined;
  }

  #timeoutMs(field: TimeoutField): number {
    return durationMs(this.#command[field]) || Infinity;
  }
}
