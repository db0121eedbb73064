/** How a run closes, and which commands of a task never reach the server. */

import { cancelledFailure } from "./activity-events.js";
import type { ScheduleActivity } from "./activity-task.js";
import { decode, decodeFailure } from "./payloads.js";
import { normal } from "./history.js";
import { timestamp } from "./run-start.js";
import type { RunState } from "./run-state.js";
import type { ActivationJob, Command } from "./sandbox.js";

export type Closing =
  | { readonly kind: "completed"; readonly result: unknown }
  | { readonly kind: "failed"; readonly failure: Error }
  | { readonly kind: "cancelled" }
  /** By an operator: the workflow itself hears nothing of it. */
  | { readonly kind: "terminated" }
  | {
      readonly kind: "continuedAsNew";
      readonly command: NonNullable<Command["continueAsNewWorkflowExecution"]>;
    };

export function closingOf(command: Command): Closing | undefined {
  if (command.completeWorkflowExecution) {
    return { kind: "completed", result: decode(command.completeWorkflowExecution.result) };
  }
  if (command.failWorkflowExecution) {
    return { kind: "failed", failure: decodeFailure(command.failWorkflowExecution.failure) };
  }
  if (command.continueAsNewWorkflowExecution) {
    return { kind: "continuedAsNew", command: command.continueAsNewWorkflowExecution };
  }
  return command.cancelWorkflowExecution ? { kind: "cancelled" } : undefined;
}

/** Adds the event that closes the run. */
export function recordClosing(
  state: RunState,
  command: Command,
  workflowTaskCompletedEventId: number,
  nextRunId: string,
): void {
  const { history, now } = state;
  const { completeWorkflowExecution: completed, failWorkflowExecution: failed } = command;
  const continued = command.continueAsNewWorkflowExecution;
  if (completed) {
    const result = completed.result ? { payloads: [completed.result] } : undefined;
    history.add(now, "workflowExecutionCompleted", { result, workflowTaskCompletedEventId });
  } else if (failed) {
    const { failure } = failed;
    history.add(now, "workflowExecutionFailed", { failure, workflowTaskCompletedEventId });
  } else if (continued) {
    history.add(now, "workflowExecutionContinuedAsNew", {
      newExecutionRunId: nextRunId,
      workflowType: { name: continued.workflowType },
      taskQueue: normal(continued.taskQueue ?? ""),
      input: { payloads: continued.arguments },
      memo: { fields: continued.memo },
      workflowRunTimeout: {},
      workflowTaskTimeout: timestamp(10_000),
      inheritBuildId: true,
      searchAttributes: continued.searchAttributes,
      backoffStartInterval: continued.backoffStartInterval,
      workflowTaskCompletedEventId,
    });
  } else history.add(now, "workflowExecutionCanceled", { workflowTaskCompletedEventId });
}

/** How the workflow learns of a cancellation: at once by Core (`try`, `abandon`), or when the activity has ended (`wait`). */
export function cancellationOf(command: ScheduleActivity): "try" | "wait" | "abandon" {
  return (["try", "wait", "abandon"] as const)[command.cancellationType ?? 0];
}

/**
 * The jobs that Core answers a task's cancellations with before the task is over: of activities that were only just scheduled, and of
 * those whose cancellation nobody waits for.
 */
export function answersWithinTask(
  state: RunState,
  taskCommands: readonly Command[],
  newest: readonly Command[],
): readonly ActivationJob[] {
  return newest.flatMap(({ requestCancelActivity }) => {
    if (!requestCancelActivity) return [];
    const seq = requestCancelActivity.seq ?? 0;
    const justScheduled = taskCommands.find(({ scheduleActivity }) => scheduleActivity?.seq === seq);
    const running = state.activities.get(seq);
    const command = justScheduled?.scheduleActivity ?? running?.command;
    if (!command || (!justScheduled && cancellationOf(command) === "wait")) return [];
    return [{ resolveActivity: { seq, result: { cancelled: { failure: cancelledFailure(command) } } } }];
  });
}

/** What Core sends of a task's commands: not what was started and taken back within it; what closes the run comes last. */
export function sentCommands(commands: readonly Command[]): readonly Command[] {
  const timers = seqs(commands, "startTimer", "cancelTimer");
  const activities = seqs(commands, "scheduleActivity", "requestCancelActivity");
  const sent = commands.filter(
    (command) =>
      !timers.has((command.startTimer ?? command.cancelTimer)?.seq ?? -1) &&
      !activities.has((command.scheduleActivity ?? command.requestCancelActivity)?.seq ?? -1),
  );
  const closes = (command: Command): boolean => closingOf(command) !== undefined;
  return [...sent.filter((command) => !closes(command)), ...sent.filter(closes).slice(0, 1)];
}

/** Sequence numbers that appear under both kinds of command. */
function seqs(
  commands: readonly Command[],
  begin: "startTimer" | "scheduleActivity",
  end: "cancelTimer" | "requestCancelActivity",
): ReadonlySet<number> {
  const of = (kind: typeof begin | typeof end): readonly number[] =>
    commands.flatMap((command) => command[kind]?.seq ?? []);
  const ended = new Set(of(end));
  return new Set(of(begin).filter((seq) => ended.has(seq)));
}
