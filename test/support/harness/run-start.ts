/** What opens a run: as the server stores it, as the sandbox is told it, and as the first job. */

import { TypedSearchAttributes, type Payload } from "@temporalio/common";
import { coresdk } from "@temporalio/proto";
import type { WorkflowInfo } from "@temporalio/workflow";

const TASK_TIMEOUT_MS = 10_000;

/** What a run is started with. */
export interface RunStart {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly continuedFromRunId?: string;
  readonly startedAt: number;
  /** Later than `startedAt` after continue-as-new with a back-off. */
  readonly firstTaskAt: number;
  readonly taskQueue: string;
  readonly input: readonly Payload[];
  readonly memo: Readonly<Record<string, Payload>>;
  readonly searchAttributes: Readonly<Record<string, Payload>>;
  readonly staticSummary?: string;
  readonly staticDetails?: string;
}

/** The job that opens a run. */
export function initializeJob(start: RunStart): coresdk.workflow_activation.IWorkflowActivationJob {
  return coresdk.workflow_activation.WorkflowActivationJob.fromObject({
    initializeWorkflow: {
      workflowId: start.workflowId,
      workflowType: start.workflowType,
      arguments: start.input,
      memo: { fields: start.memo },
      searchAttributes: { indexedFields: start.searchAttributes },
      startTime: timestamp(start.startedAt),
      firstExecutionRunId: start.firstRunId,
      attempt: 1,
      headers: {},
    },
  });
}

export function timestamp(at: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(at / 1000);
  return { seconds, nanos: Math.round((at - seconds * 1000) * 1e6) };
}

/** The run as the sandbox is told of it before the first job. */
export function workflowInfo(start: RunStart): WorkflowInfo {
  const info: Omit<WorkflowInfo, "searchAttributes"> = {
    workflowId: start.workflowId,
    runId: start.runId,
    workflowType: start.workflowType,
    firstExecutionRunId: start.firstRunId,
    originalExecutionRunId: start.runId,
    ...(start.continuedFromRunId === undefined
      ? {}
      : { continuedFromExecutionRunId: start.continuedFromRunId }),
    typedSearchAttributes: new TypedSearchAttributes(),
    taskQueue: start.taskQueue,
    namespace: "default",
    startTime: new Date(start.startedAt),
    runStartTime: new Date(start.startedAt),
    taskTimeoutMs: TASK_TIMEOUT_MS,
    attempt: 1,
    historyLength: 0,
    historySize: 0,
    continueAsNewSuggested: false,
    targetWorkerDeploymentVersionChanged: false,
    unsafe: {
      now: () => start.startedAt,
      isReplaying: false,
      isReplayingHistoryEvents: false,
      random: undefined as never,
    },
  };
  // The deprecated field is filled from the first job.
  return info as WorkflowInfo;
}
