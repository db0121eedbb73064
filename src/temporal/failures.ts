/** What a failed call to Temporal means: nobody there to answer, nothing of that name, or a server that does not do what it should. */

import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ScheduleNotFoundError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from "@temporalio/client";
import { NamespaceNotFoundError, WorkflowNotFoundError } from "@temporalio/common";

import { TocsinError } from "../errors.js";
import { errorText } from "../lib/error-code.js";

export type CallFailure =
  /** The server holds the question, and no worker has taken it in time. */
  | "no-worker"
  /** Nothing of that name runs. */
  | "absent"
  | "other";

const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** Sorts whatever a call of the SDK threw. */
export function callFailure(error: unknown): CallFailure {
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return "absent";
  if (error instanceof QueryRejectedError) return "absent";
  if (error instanceof NamespaceNotFoundError) return "other";
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error))
    return "no-worker";
  // Nobody here cancels calls: the server does, when our deadline passes there first.
  if (isGrpcCancelledError(error)) return "no-worker";
  // A worker of another version that does not know the question is none for it.
  if (error instanceof QueryNotRegisteredError) return "no-worker";
  const code = grpcCode(error);
  if (code === NOT_FOUND) return "absent";
  return code === FAILED_PRECONDITION ? "no-worker" : "other";
}

/** The error a person sees for a call that could not be made: TMP-001 or TMP-002; what is no failed call stays as it is. */
export function callError(error: unknown): Error {
  if (error instanceof NamespaceNotFoundError) {
    return new TocsinError("TMP-002", `namespace '${error.namespace}' is not there`, { cause: error });
  }
  if (grpcCode(error) !== undefined || error instanceof ServiceError) {
    return new TocsinError("TMP-001", `a call to Temporal failed: ${causeText(error)}`, { cause: error });
  }
  return error instanceof Error ? error : new Error(errorText(error));
}

function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}

/** The SDK says "Failed to query Workflow"; what happened is in the cause. */
function causeText(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return causeText(error.cause);
  return errorText(error);
}
