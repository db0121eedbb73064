/** A schedule as a person looks at it. */

import type { ScheduleDescription } from "@temporalio/client";

import type { SchedulePlan } from "../domain/plan.js";

export interface ScheduleView {
  readonly name: SchedulePlan["name"];
  readonly id: string;
  /** What the configuration asked for; absent when somebody else made or changed it. */
  readonly plan?: SchedulePlan;
  readonly paused: boolean;
  readonly note?: string;
  /** Epoch milliseconds. */
  readonly next?: number;
  readonly last?: { readonly at: number; readonly workflowId: string };
  readonly running: boolean;
  readonly taken: number;
  /** Not run because the one before still ran, or because nobody was there for longer than the catch-up window. */
  readonly skipped: number;
}

export function scheduleView(name: SchedulePlan["name"], known: ScheduleDescription): ScheduleView {
  const { state, info } = known;
  const last = info.recentActions.at(-1);
  const next = info.nextActionTimes[0];
  const plan = known.action.memo?.plan;
  return {
    name,
    id: known.scheduleId,
    paused: state.paused,
    running: info.runningActions.length > 0,
    taken: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap + info.numActionsMissedCatchupWindow,
    ...(isSchedulePlan(plan) ? { plan } : {}),
    ...(state.note === undefined || state.note === "" ? {} : { note: state.note }),
    ...(next === undefined ? {} : { next: next.getTime() }),
    ...(last === undefined
      ? {}
      : { last: { at: last.takenAt.getTime(), workflowId: last.action.workflow.workflowId } }),
  };
}

function isSchedulePlan(value: unknown): value is SchedulePlan {
  return (
    typeof value === "object" && value !== null && "name" in value && ("everyMs" in value || "cron" in value)
  );
}
