/** One scheduled activity as the server runs it: attempts, retries, timeouts, cancellation; all in virtual time. */

import { CancelledFailure, type Payload } from "@temporalio/common";
import { tsToMs } from "@temporalio/common/lib/time.js";
import { temporal, type coresdk } from "@temporalio/proto";
import { hangs, virtualSleep, workerLost, type StandInContext } from "./activity-stand-ins.js";
import { decodeAll, encode, encodeFailure, type Failure } from "./payloads.js";
import type { VirtualClock } from "./virtual-clock.js";

export type ScheduleActivity = coresdk.workflow_commands.IScheduleActivity;
type RetryPolicy = temporal.api.common.v1.IRetryPolicy;
type RetryState = temporal.api.enums.v1.RetryState;

const { RetryState, TimeoutType } = temporal.api.enums.v1;

/** How an activity ended, as the server reports it to the workflow. `attempt` is 0 when it ended before it ever began. */
export type ActivityOutcome =
  | { readonly kind: "completed"; readonly attempt: number; readonly result: Payload }
  | {
      readonly kind: "failed" | "timedOut";
      readonly attempt: number;
      readonly failure: Failure;
      readonly retryState: RetryState;
    }
  | { readonly kind: "cancelled"; readonly attempt: number };

export interface ActivityPorts {
  readonly clock: VirtualClock;
  readonly workflowId: string;
  readonly summary: string | undefined;
  /** Runs the stand-in of one attempt. */
  readonly begin: (ctx: StandInContext) => unknown;
  readonly latencyMs: (ctx: StandInContext) => number;
  readonly onEnd: (outcome: ActivityOutcome) => void;
}

const FIRST_RETRY_MS = 1_000;

export class ActivityTask {
  readonly #command: ScheduleActivity;
  readonly #ports: ActivityPorts;
  readonly #expiresAt: number;
  readonly #args: readonly unknown[];
  #attempt = 0;
  #running: { readonly controller: AbortController; readonly takeBacks: (() => void)[] } | undefined;
  #takeBackRetry: (() => void) | undefined;
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

  /** Begins the next attempt now. */
  begin(): void {
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
      this.#takeBackRetry = clock.plan(clock.now() + retry.afterMs, () => this.begin());
    }
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
  }

  #stopAttempt(): void {
    this.#running?.takeBacks.forEach((takeBack) => takeBack());
    this.#running = undefined;
  }

  #timeoutMs(field: "startToCloseTimeout" | "scheduleToCloseTimeout" | "heartbeatTimeout"): number {
    return durationMs(this.#command[field]) || Infinity;
  }
}

type TimeoutName = "START_TO_CLOSE" | "SCHEDULE_TO_CLOSE" | "HEARTBEAT";

function timeoutFailure(type: TimeoutName): Failure {
  return {
    message: `activity ${type} timeout`,
    timeoutFailureInfo: { timeoutType: TimeoutType[`TIMEOUT_TYPE_${type}`] },
  };
}

/** Milliseconds of a proto duration; 0 when absent. */
export function durationMs(duration: Parameters<typeof tsToMs>[0]): number {
  return duration ? tsToMs(duration) : 0;
}

/** When the next attempt begins, or why there is none; the server's defaults where the policy is silent. */
function nextRetry(
  policy: RetryPolicy,
  attempt: number,
  failure: Failure,
): { readonly afterMs: number } | { readonly refused: RetryState } {
  const info = failure.applicationFailureInfo;
  const refused = policy.nonRetryableErrorTypes ?? [];
  if (info?.nonRetryable || (info?.type && refused.includes(info.type))) {
    return { refused: RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE };
  }
  if (policy.maximumAttempts && attempt >= policy.maximumAttempts) {
    return { refused: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED };
  }
  if (info?.nextRetryDelay) return { afterMs: durationMs(info.nextRetryDelay) };
  const initialMs = durationMs(policy.initialInterval) || FIRST_RETRY_MS;
  const maximumMs = durationMs(policy.maximumInterval) || initialMs * 100;
  const coefficient = policy.backoffCoefficient ?? 2;
  return { afterMs: Math.min(initialMs * coefficient ** (attempt - 1), maximumMs) };
}
