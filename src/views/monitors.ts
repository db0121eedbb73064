/** What every monitor says of itself now: those the configuration asks for, and those that run besides. */

import type { Plan } from "../domain/plan.js";
import type { Asked } from "../temporal/ask.js";
import type { MonitorStatus } from "../temporal/live-status.js";
import type { Operations } from "../temporal/operations.js";
import type { MonitorRef } from "../temporal/running.js";
import { monitorsOf } from "../temporal/sync.js";
import type { Sources } from "./sources.js";

export interface MonitorNow {
  readonly monitor: MonitorRef;
  readonly asked: Asked<MonitorStatus>;
}

/** The configuration applied last; undefined when none is known here. */
export async function appliedPlan(sources: Sources): Promise<Plan | undefined> {
  const plans = await sources.plans();
  return (await plans.current())?.plan;
}

/** Of one system, or of all. */
export async function monitorsNow(
  operations: Operations,
  plan: Plan | undefined,
  system?: string,
): Promise<readonly MonitorNow[]> {
  const running = await operations.listMonitors();
  const wanted = plan === undefined ? [] : monitorsOf(plan);
  const all = [...wanted, ...running.filter((each) => !wanted.some((other) => same(each, other)))];
  return Promise.all(
    all
      .filter((monitor) => system === undefined || monitor.system === system)
      .map(async (monitor) => ({ monitor, asked: await operations.monitorStatus(monitor) })),
  );
}

export function monitorName({ system, shard }: MonitorRef): string {
  return shard === 1 ? system : `${system}:${shard}`;
}

function same(a: MonitorRef, b: MonitorRef): boolean {
  return a.system === b.system && a.shard === b.shard;
}
