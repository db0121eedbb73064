/** How the end of an activity is recorded, and what the workflow hears of it. */

import { IDENTITY, WORKER_VERSION } from "./identity.js";
import type { ActivityOutcome, ScheduleActivity } from "./activity-task.js";
import type { RunHistory } from "./history.js";
import { stableId, type Failure } from "./payloads.js";
import type { ActivationJob } from "./sandbox.js";

/** An activity that has been scheduled, by the ids of its events. */
export interface ActivityOnRecord {
  readonly command: ScheduleActivity;
  readonly scheduledId: number;
  cancelRequestedId?: number;
}

interface EventIds {
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly identity: string;
}

type Resolution = NonNullable<NonNullable<ActivationJob["resolveActivity"]>["result"]>;

/** Adds the started event (held back until now, as by the server, because attempts may repeat) and the closing one. */
export function recordActivityEnd(
  history: RunHistory,
  at: number,
  activity: ActivityOnRecord,
  outcome: ActivityOutcome,
): Resolution {
  const { scheduledId, command, cancelRequestedId } = activity;
  const { attempt } = outcome;
  const begun = {
    scheduledEventId: scheduledId,
    identity: IDENTITY,
    requestId: stableId("attempt", scheduledId, attempt),
    attempt,
    workerVersion: WORKER_VERSION,
  };
  const startedEventId = attempt === 0 ? 0 : history.add(at, "activityTaskStarted", begun);
  const ids: EventIds = { scheduledEventId: scheduledId, startedEventId, identity: IDENTITY };
  switch (outcome.kind) {
    case "completed": {
      history.add(at, "activityTaskCompleted", { ...ids, result: { payloads: [outcome.result] } });
      return { completed: { result: outcome.result } };
    }
    case "failed": {
      const { failure, retryState } = outcome;
      history.add(at, "activityTaskFailed", { ...ids, failure, retryState });
      return { failed: { failure: wrapped(command, "Activity task failed", failure, ids, retryState) } };
    }
    case "timedOut": {
      const { failure, retryState } = outcome;
      const { identity: _, ...eventIds } = ids;
      history.add(at, "activityTaskTimedOut", { ...eventIds, failure, retryState });
      return { failed: { failure: wrapped(command, "Activity task timed out", failure, ids, retryState) } };
    }
    case "cancelled": {
      const latestCancelRequestedEventId = cancelRequestedId ?? 0;
      history.add(at, "activityTaskCanceled", { ...ids, latestCancelRequestedEventId });
      return { cancelled: { failure: cancelledFailure(command) } };
    }
  }
}

/** What a workflow hears of an activity that was cancelled. */
export function cancelledFailure(command: ScheduleActivity): Failure {
  const cause = { message: "Activity cancelled", canceledFailureInfo: {} };
  const { activityType, activityId } = command;
  return {
    message: "Activity cancelled",
    cause,
    activityFailureInfo: { activityType: { name: activityType ?? "" }, activityId: activityId ?? "" },
  };
}

function wrapped(
  command: ScheduleActivity,
  message: string,
  cause: Failure,
  ids: EventIds,
  retryState: NonNullable<NonNullable<Failure["activityFailureInfo"]>["retryState"]>,
): Failure {
  const { activityType, activityId } = command;
  const activityFailureInfo = {
    activityType: { name: activityType ?? "" },
    activityId: activityId ?? "",
    identity: ids.identity,
    retryState,
  };
  return { message, cause, activityFailureInfo };
}
