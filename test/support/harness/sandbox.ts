/**
 * The SDK's own workflow sandbox, driven by hand. The only file that reaches inside the SDK (no public way leads to it), which is why
 * the SDK's version is pinned.
 */

import vm from "node:vm";
import { coresdk } from "@temporalio/proto";
import type { Workflow } from "@temporalio/worker/lib/workflow/interface.js";
import { ReusableVMWorkflowCreator } from "@temporalio/worker/lib/workflow/reusable-vm.js";
import { decode, decodeFailure, encodeAll } from "./payloads.js";
import { timestamp, workflowInfo, type RunStart } from "./run-start.js";
import { sourceStack } from "./source-stack.js";

export type ActivationJob = coresdk.workflow_activation.IWorkflowActivationJob;
export type Command = coresdk.workflow_commands.IWorkflowCommand;

/** What the server tells with every workflow task. */
export interface TaskMeta {
  readonly at: number;
  readonly replaying: boolean;
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly continueAsNewSuggested: boolean;
  /** The SDK's own patches that the task used when it was done first; only for replay. */
  readonly flags?: readonly number[];
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

/** A time limit costs a thread for each call into the sandbox, which is more than the call itself. */
const NO_TIME_LIMIT = undefined as never;
const BUNDLE_FILE = "/workflow-bundle.js";
const creators = new Map<string, ReusableVMWorkflowCreator>();

/** One V8 context per bundle, shared by every sandbox made from it, as in a worker. */
function creatorOf(bundleCode: string): ReusableVMWorkflowCreator {
  const known = creators.get(bundleCode);
  if (known) return known;
  const bundle = {
    code: bundleCode,
    filename: BUNDLE_FILE,
    sourceMap: { version: 3, file: "", sources: [], names: [], mappings: "" } as never,
  };
  // The constructor, not `create`: that one hooks every promise of the process, which makes a step ten times slower.
  const creator = new ReusableVMWorkflowCreator(
    new vm.Script(bundleCode, { filename: bundle.filename }),
    bundle,
    NO_TIME_LIMIT,
    new Set(),
  );
  creators.set(bundleCode, creator);
  return creator;
}

export class Sandbox {
  readonly #start: RunStart;
  readonly #workflow: Workflow;
  readonly #bundleCode: string;
  readonly #onLog: (line: LogLine) => void;
  #queries = 0;

  private constructor(
    bundleCode: string,
    start: RunStart,
    workflow: Workflow,
    onLog: (line: LogLine) => void,
  ) {
    this.#bundleCode = bundleCode;
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
    return new Sandbox(bundleCode, start, workflow, onLog);
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
        availableInternalFlags: meta.flags ?? [],
        jobs,
      }),
    );
    await this.#collectLogs();
    if (completion.failed) {
      const cause = decodeFailure(completion.failed.failure);
      throw new WorkflowTaskFailure(this.#start, cause, this.#bundleCode);
    }
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
      const [message, attributes] = args as [unknown, { readonly sdkComponent?: unknown }];
      // The SDK itself tells of every start and end.
      if (fnName === "debug" && attributes.sdkComponent === "worker") continue;
      this.#onLog({ level: fnName, message: String(message), attributes });
    }
  }
}

/** Workflow code threw something that is no `ApplicationFailure`: a real server would retry the task for ever. */
export class WorkflowTaskFailure extends Error {
  override readonly name = "WorkflowTaskFailure";

  constructor(start: RunStart, cause: Error, bundleCode: string) {
    super(`workflow task of ${start.workflowType} (${start.workflowId}) failed: ${cause.message}`, { cause });
    this.stack = `${this.name}: ${this.message}\n${sourceStack(cause, bundleCode, BUNDLE_FILE)}`;
  }
}
