/** Tocsin's upkeep as Temporal Schedules: made from the configuration, and left as an operator has paused them. */

import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from "@temporalio/client";
import type { Client, ScheduleDescription, ScheduleOptions, ScheduleUpdateOptions } from "@temporalio/client";

import type { SchedulePlan } from "../domain/plan.js";
import type { Prefix } from "../../workflows/names.js";
import { controlQueue, scheduleId } from "../../workflows/names.js";
import type { UpkeepInput } from "../../workflows/upkeep.js";
import { callError, callFailure } from "./failures.js";
import type { ScheduleView } from "./schedule-view.js";
import { scheduleView } from "./schedule-view.js";

export type ScheduleName = SchedulePlan["name"];

/** Every schedule there can be. */
export const SCHEDULE_NAMES: readonly ScheduleName[] = ["doctor", "housekeeping"];

export interface EnsuredSchedule {
  readonly name: ScheduleName;
  readonly done: "created" | "updated" | "unchanged" | "deleted";
}

/** Each answers false when there is no such schedule. */
export interface ScheduleOperations {
  list(): Promise<readonly ScheduleView[]>;
  trigger(name: ScheduleName): Promise<boolean>;
  pause(name: ScheduleName, note: string): Promise<boolean>;
  resume(name: ScheduleName, note: string): Promise<boolean>;
}

/** A run that should have begun longer ago than this is not made up for: the next one is as good. */
const CATCH_UP = "1 minute";
/** Three tries of five minutes, and no multiple of a minute: a run never ends at the tick that it would make skip. */
const LONGEST_RUN_MS = 1_000_000;

/**
 * Creates, updates and deletes until the schedules are those of the plan. A pause and its note, set by an operator, stay. Rejects
 * with TMP-001.
 */
export async function ensureSchedules(
  client: Client,
  prefix: Prefix,
  plans: readonly SchedulePlan[],
): Promise<readonly EnsuredSchedule[]> {
  const done: EnsuredSchedule[] = [];
  try {
    for (const name of SCHEDULE_NAMES) {
      const plan = plans.find((each) => each.name === name);
      const known = await describe(client, prefix, name);
      if (plan !== undefined) done.push({ name, done: await ensure(client, prefix, plan, known) });
      else if (known !== undefined) {
        await client.schedule.getHandle(known.scheduleId).delete();
        done.push({ name, done: "deleted" });
      }
    }
  } catch (error) {
    throw callError(error);
  }
  return done;
}

export function scheduleOperations(client: Client, prefix: Prefix): ScheduleOperations {
  const act = async (name: ScheduleName, what: (id: string) => Promise<void>): Promise<boolean> => {
    try {
      await what(scheduleId(prefix, name));
      return true;
    } catch (error) {
      if (callFailure(error) === "absent") return false;
      throw callError(error);
    }
  };
  const handle = (id: string) => client.schedule.getHandle(id);
  return {
    async list() {
      try {
        const known = await Promise.all(SCHEDULE_NAMES.map((name) => describe(client, prefix, name)));
        return known.flatMap((each, index) => {
          const name = SCHEDULE_NAMES[index];
          return each === undefined || name === undefined ? [] : [scheduleView(name, each)];
        });
      } catch (error) {
        throw callError(error);
      }
    },
    trigger: (name) => act(name, (id) => handle(id).trigger()),
    pause: (name, note) => act(name, (id) => handle(id).pause(note)),
    resume: (name, note) => act(name, (id) => handle(id).unpause(note)),
  };
}

async function describe(
  client: Client,
  prefix: Prefix,
  name: ScheduleName,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleId(prefix, name)).describe();
  } catch (error) {
    if (callFailure(error) === "absent") return undefined;
    throw error;
  }
}

async function ensure(
  client: Client,
  prefix: Prefix,
  plan: SchedulePlan,
  known: ScheduleDescription | undefined,
): Promise<EnsuredSchedule["done"]> {
  const wanted = scheduleOptions(prefix, plan);
  if (known === undefined) {
    try {
      await client.schedule.create(wanted);
      return "created";
    } catch (error) {
      // Another worker was faster.
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  } else if (known.action.memo?.form === formOf(prefix, plan)) return "unchanged";
  await client.schedule.getHandle(wanted.scheduleId).update((before) => updated(wanted, before));
  return "updated";
}

function scheduleOptions(prefix: Prefix, plan: SchedulePlan): ScheduleOptions {
  const { name, everyMs, cron, timezone } = plan;
  const input: UpkeepInput = { prefix };
  return {
    scheduleId: scheduleId(prefix, name),
    spec: {
      ...(everyMs === undefined ? {} : { intervals: [{ every: everyMs }] }),
      ...(cron === undefined ? {} : { cronExpressions: [cron] }),
      ...(timezone === undefined ? {} : { timezone }),
    },
    action: {
      type: "startWorkflow",
      workflowType: name,
      workflowId: scheduleId(prefix, name),
      taskQueue: controlQueue(prefix),
      args: [input],
      workflowRunTimeout: runTimeoutMs(plan),
      workflowTaskTimeout: "5s",
      staticSummary:
        name === "doctor" ? "Tocsin examines itself" : "Partitions, rollups and retention of the store",
      memo: { plan, form: formOf(prefix, plan) },
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP },
  };
}

/** Two schedules of one form are the same; changes when this program would make another one of the same plan. */
function formOf(prefix: Prefix, { name, everyMs, cron, timezone }: SchedulePlan): string {
  return JSON.stringify([1, prefix, name, everyMs ?? null, cron ?? null, timezone ?? null]);
}

function runTimeoutMs({ everyMs }: SchedulePlan): number {
  return everyMs === undefined ? LONGEST_RUN_MS : Math.min(LONGEST_RUN_MS, Math.ceil((everyMs * 5) / 6));
}

function updated(wanted: ScheduleOptions, before: ScheduleDescription): ScheduleUpdateOptions {
  const { spec, action, policies } = wanted;
  const { paused, note } = before.state;
  return {
    spec,
    action,
    ...(policies === undefined ? {} : { policies }),
    state: { paused, ...(note === undefined ? {} : { note }) },
  };
}
