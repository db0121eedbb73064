/** What the server does with each command of a completed workflow task. */

import { IDENTITY, NAMESPACE } from "./identity.js";
import type { Payload } from "@temporalio/common";
import { durationMs } from "./retries.js";
import { normal } from "./history.js";
import { cancellationOf } from "./closing.js";
import { changeVersions, encode, type Failure } from "./payloads.js";
import { summaryOf, type RunState } from "./run-state.js";
import type { Command } from "./sandbox.js";

type Kind = Exclude<keyof Command, "userMetadata" | "eventGroupMarkers">;
/** Carries a command out; `completedId` is the event id of the task's completion. */
type Carrier<K extends Kind> = (
  state: RunState,
  attributes: NonNullable<Command[K]>,
  command: Command,
  completedId: number,
) => void;

const carriers: { readonly [K in Kind]?: Carrier<K> } = {
  startTimer: (state, { seq, startToFireTimeout }, { userMetadata }, workflowTaskCompletedEventId) => {
    const startedId = state.history.add(
      state.now,
      "timerStarted",
      { timerId: String(seq), startToFireTimeout, workflowTaskCompletedEventId },
      userMetadata,
    );
    state.startTimer(seq ?? 0, startedId, durationMs(startToFireTimeout), summaryOf(userMetadata));
  },
  cancelTimer: (state, { seq }, _, workflowTaskCompletedEventId) => {
    const timer = state.timers.get(seq ?? 0);
    // It fired while the task ran: Core says nothing of such a cancellation.
    if (!timer) return;
    timer.takeBack();
    state.timers.delete(timer.seq);
    state.history.add(state.now, "timerCanceled", {
      timerId: String(seq),
      startedEventId: timer.startedId,
      workflowTaskCompletedEventId,
      identity: IDENTITY,
    });
  },
  scheduleActivity: (state, activity, { userMetadata }, workflowTaskCompletedEventId) => {
    const { activityId, activityType, taskQueue, arguments: args, headers, retryPolicy } = activity;
    const scheduledId = state.history.add(
      state.now,
      "activityTaskScheduled",
      {
        activityId,
        activityType: { name: activityType },
        taskQueue: normal(taskQueue ?? ""),
        header: { fields: headers },
        input: { payloads: args },
        scheduleToCloseTimeout: activity.scheduleToCloseTimeout ?? {},
        scheduleToStartTimeout: activity.scheduleToStartTimeout ?? {},
        startToCloseTimeout: activity.startToCloseTimeout ?? {},
        heartbeatTimeout: activity.heartbeatTimeout ?? {},
        retryPolicy: { ...SERVER_RETRY_POLICY, ...given(retryPolicy) },
        useWorkflowBuildId: true,
        workflowTaskCompletedEventId,
      },
      userMetadata,
    );
    state.startActivity(activity.seq ?? 0, scheduledId, activity, summaryOf(userMetadata));
  },
  requestCancelActivity: (state, { seq }, _, workflowTaskCompletedEventId) => {
    const activity = state.activities.get(seq ?? 0);
    if (!activity) return;
    const type = cancellationOf(activity.command);
    activity.toldCancelled = type !== "wait";
    if (type === "abandon") return;
    const scheduledEventId = activity.scheduledId;
    const attributes = { scheduledEventId, workflowTaskCompletedEventId };
    activity.cancelRequestedId = state.history.add(state.now, "activityTaskCancelRequested", attributes);
    activity.task.requestCancel();
  },
  upsertWorkflowSearchAttributes: (state, { searchAttributes }, _, workflowTaskCompletedEventId) => {
    const indexedFields = (searchAttributes?.indexedFields ?? {}) as Record<string, Payload>;
    state.searchAttributes = { ...state.searchAttributes, ...indexedFields };
    state.history.add(state.now, "upsertWorkflowSearchAttributes", {
      searchAttributes: { indexedFields },
      workflowTaskCompletedEventId,
    });
  },
  modifyWorkflowProperties: (state, { upsertedMemo }, _, workflowTaskCompletedEventId) => {
    state.memo = { ...state.memo, ...((upsertedMemo?.fields ?? {}) as Record<string, Payload>) };
    state.history.add(state.now, "workflowPropertiesModified", {
      upsertedMemo: { fields: upsertedMemo?.fields ?? {} },
      workflowTaskCompletedEventId,
    });
  },
  setPatchMarker: (state, { patchId, deprecated }, _, workflowTaskCompletedEventId) => {
    const details = {
      "patch-data": { payloads: [encode({ id: patchId, deprecated: deprecated ?? false })] },
    };
    const attributes = { markerName: "core_patch", details, workflowTaskCompletedEventId };
    state.history.add(state.now, "markerRecorded", attributes);
    if (deprecated) return;
    state.patches.add(patchId ?? "");
    // Core keeps the patches of a run in a search attribute, so every new one costs a second event.
    const indexedFields = changeVersions(state.patches);
    state.searchAttributes = { ...state.searchAttributes, ...indexedFields };
    const upsert = { searchAttributes: { indexedFields }, workflowTaskCompletedEventId };
    state.history.add(state.now, "upsertWorkflowSearchAttributes", upsert);
  },
  updateResponse: (state, response, _, workflowTaskCompletedEventId) => {
    const id = response.protocolInstanceId ?? "";
    if (response.accepted) state.acceptUpdate(id, workflowTaskCompletedEventId);
    else if (response.completed) state.finishUpdate(id, { success: response.completed });
    else if (response.rejected) state.finishUpdate(id, { failure: response.rejected });
  },
  signalExternalWorkflowExecution: (state, signal, _, workflowTaskCompletedEventId) => {
    const { workflowExecution, signalName, args, headers } = signal;
    const initiated = {
      ...NAMESPACE,
      workflowTaskCompletedEventId,
      workflowExecution,
      signalName,
      input: { payloads: args },
      header: { fields: headers },
    };
    const initiatedEventId = state.history.add(
      state.now,
      "signalExternalWorkflowExecutionInitiated",
      initiated,
    );
    state.ports.clock.plan(state.now, () => {
      if (state.closed) return;
      const found = state.ports.signalExternal(
        workflowExecution?.workflowId ?? "",
        signalName ?? "",
        args ?? [],
      );
      const outcome = { ...NAMESPACE, initiatedEventId, workflowExecution };
      if (found) state.history.add(state.now, "externalWorkflowExecutionSignaled", outcome);
      else state.history.add(state.now, "signalExternalWorkflowExecutionFailed", { ...outcome, cause: 1 });
      const failure: Failure = { message: NOT_FOUND, applicationFailureInfo: { nonRetryable: false } };
      state.wake({ resolveSignalExternalWorkflow: { seq: signal.seq ?? 0, ...(found ? {} : { failure }) } });
    });
  },
};

/** What the server fills in where the workflow's policy is silent. */
const SERVER_RETRY_POLICY = {
  initialInterval: { seconds: 1 },
  backoffCoefficient: 2,
  maximumInterval: { seconds: 100 },
};

function given(attributes: object | null | undefined): object {
  return Object.fromEntries(
    Object.entries(attributes ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );
}

const NOT_FOUND = "Unable to signal external workflow because it was not found";

/** Records and carries out one command that does not close the run. */
export function carryOut(state: RunState, command: Command, completedId: number): void {
  const kind = kindOf(command);
  const carrier = carriers[kind] as Carrier<Kind> | undefined;
  const attributes = command[kind];
  if (!carrier || !attributes) throw new Error(`the harness does not know the command ${kind}`);
  carrier(state, attributes, command, completedId);
}

export function kindOf(command: Command): Kind {
  const kind = Object.keys(command).find((key) => key !== "userMetadata" && key !== "eventGroupMarkers");
  return kind as Kind;
}
