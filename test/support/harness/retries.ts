/** When an activity is tried again, in the server's terms. */

import { tsToMs } from "@temporalio/common/lib/time.js";
import { temporal } from "@temporalio/proto";
import type { Failure } from "./payloads.js";

type RetryPolicy = temporal.api.common.v1.IRetryPolicy;
export type RetryState = temporal.api.enums.v1.RetryState;

const { RetryState, TimeoutType } = temporal.api.enums.v1;
const FIRST_RETRY_MS = 1_000;

const TIMEOUT_NAMES = {
  START_TO_CLOSE: "StartToClose",
  SCHEDULE_TO_CLOSE: "ScheduleToClose",
  SCHEDULE_TO_START: "ScheduleToStart",
  HEARTBEAT: "Heartbeat",
} as const;
export type TimeoutName = keyof typeof TIMEOUT_NAMES;

export function timeoutFailure(type: TimeoutName): Failure {
  return {
    message: `activity ${TIMEOUT_NAMES[type]} timeout`,
    source: "Server",
    timeoutFailureInfo: { timeoutType: TimeoutType[`TIMEOUT_TYPE_${type}`] },
  };
}

/** Milliseconds of a proto duration; 0 when absent. */
export function durationMs(duration: Parameters<typeof tsToMs>[0]): number {
  return duration ? tsToMs(duration) : 0;
}

/** When the next attempt begins, or why there is none; the server's defaults where the policy is silent. */
export function nextRetry(
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
