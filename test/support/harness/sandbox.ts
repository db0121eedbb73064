/**
 * The SDK's own workflow sandbox, driven by hand. The only file that reaches inside the SDK (no public way leads to it), which is why
 * the SDK's version is pinned.
 */

import vm from "node:vm";
import { TypedSearchAttributes, type Payload } from "@temporalio/common";
import { coresdk } from "@temporalio/proto";
import type { Workflow } from "@temporalio/worker/lib/workflow/interface.js";
import { ReusableVMWorkflowCreator } from "@temporalio/worker/lib/workflow/reusable-vm.js";
import { encodeAll, decode, decodeFailure } from "./payloads.js";

export type ActivationJob = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;
export type ContinueAsNew = coresdk.workflow_commands.IContinueAsNewWorkflowExecution;

type WorkflowInfo = Parameters<ReusableVMWorkflowCreator["createWorkflow"]>[0]["info"];

/** What a run is started with. */
export interface RunStart {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly continuedFromRunId?: string;
  readonly startedAt: number;
  readonly taskQueue: string;
  readonly input: readonly Payload[];
  readonly memo: Readonly<Record<string, Payload>>;
  readonly searchAttributes: Readonly<Record<string, Payload>>;
  readonly staticSummary?: string;
  readonly staticDetails?: string;
}

/** What the server tells with every workflow task. */
export interface TaskMeta {
  readonly at: number;
  readonly replaying: boolean;
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly continueAsNewSuggested: boolean;
}

export interface Completion {
  readonly commands: readonly Command[];
  readonly usedFlags: readonly number[];
}

/** A line that the workflow logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly attributes: unknown;
}

const TASK_BUDGET_MS = 10_000;
const creators = new Map<string, ReusableVMWorkflowCreator>();

/** One V8 context per bundle, shared by every sandbox made from it, as in a worker. */
function creatorOf(bundleCode: string): ReusableVMWorkflowCreator {
  const known = creators.get(bundleCode);
  if (known) return known;
  const bundle = {
    code: bundleCode,
    filename: "/workflow-bundle.js",
    sourceMap: { version: 3, file: "", sources: [], names: [], mappings: "" } as never,
  };
  // The constructor, not `create`: that one hooks every promise of the process, which makes a step ten times slower.
  const creator = new ReusableVMWorkflowCreator(
    new vm.Script(bundleCode, { filename: bundle.filename }),
    bundle,
    TASK_BUDGET_MS,
    new Set(),
  );
  creators.set(bundleCode, creator);
  return creator;
}

export class Sandbox {
  readonly #start: RunStart;
  readonly #workflow: Workflow;
  readonly #onLog: (line: LogLine) => void;
  #queries = 0;

  private constructor(start: RunStart, workflow: Workflow, onLog: (line: LogLine) => void) {
    this.#start = start;
    this.#workflow = workflow;
    this.#onLog = onLog;
  }

  static async open(bundleCode: string, start: RunStart, onLog: (line: LogLine) => void): Promise<Sandbox> {
    const workflow = await creatorOf(bundleCode).createWorkflow({
      info: workflowInfo(start),
      randomnessSeed: [...Buffer.from(start.runId)],
      now: start.startedAt,
      showStackTraceSources: false,
    });
    return new Sandbox(start, workflow, onLog);
  }

  /** Hands jobs to the workflow. Throws {@link WorkflowTaskFailure} where a real task would fail and be retried for ever. */
  async activate(jobs: readonly ActivationJob[], meta: TaskMeta): Promise<Completion> {
    const completion = await this.#workflow.activate(
      coresdk.workflow_activation.WorkflowActivation.fromObject({
        runId: this.#start.runId,
        timestamp: timestamp(meta.at),
        isReplaying: meta.replaying,
        historyLength: meta.historyLength,
        historySizeBytes: meta.historySizeBytes,
        continueAsNewSuggested: meta.continueAsNewSuggested,
        jobs,
      }),
    );
    await this.#collectLogs();
    if (completion.failed)
      throw new WorkflowTaskFailure(this.#start, decodeFailure(completion.failed.failure));
    return {
      commands: completion.successful?.commands ?? [],
      usedFlags: completion.successful?.usedInternalFlags ?? [],
    };
  }

  async query(name: string, args: readonly unknown[]): Promise<unknown> {
    const queryId = `query-${String(++this.#queries)}`;
    const job = { queryWorkflow: { queryId, queryType: name, arguments: encodeAll(args), headers: {} } };
    const completion = await this.#workflow.activate(
      coresdk.workflow_activation.WorkflowActivation.fromObject({ runId: this.#start.runId, jobs: [job] }),
    );
    await this.#collectLogs();
    const answer = completion.successful?.commands?.[0]?.respondToQuery;
    if (answer?.succeeded) return decode(answer.succeeded.response);
    throw decodeFailure(answer?.failed ?? completion.failed?.failure);
  }

  async dispose(): Promise<void> {
    await this.#workflow.dispose();
  }

  async #collectLogs(): Promise<void> {
    for (const { ifaceName, fnName, args, workflowInfo } of await this.#workflow.getAndResetSinkCalls()) {
      if (ifaceName !== "__temporal_logger" || workflowInfo.unsafe.isReplayingHistoryEvents) continue;
      const [message, attributes] = args as unknown[];
      this.#onLog({ level: fnName, message: String(message), attributes });
    }
  }
}

/** Workflow code threw something that is no `ApplicationFailure`: a real server would retry the task for ever. */
export class WorkflowTaskFailure extends Error {
  override readonly name = "WorkflowTaskFailure";

  constructor(start: RunStart, cause: Error) {
    super(`workflow task of ${start.workflowType} (${start.workflowId}) failed: ${cause.message}`, { cause });
    if (cause.stack !== undefined) this.stack = `${this.name}: ${this.message}\n${cause.stack}`;
  }
}

/** The job that opens a run. */
export function initializeJob(start: RunStart): ActivationJob {
  const job = coresdk.workflow_activation.WorkflowActivationJob.fromObject({
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
  return job;
}

export function timestamp(at: number): { seconds: number; nanos: number } {
  const seconds = Math.floor(at / 1000);
  return { seconds, nanos: Math.round((at - seconds * 1000) * 1e6) };
}

function workflowInfo(start: RunStart): WorkflowInfo {
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
    taskTimeoutMs: TASK_BUDGET_MS,
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
