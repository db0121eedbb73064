/**
 * The configuration of a monitor: the next one is read while the monitor goes on with the one it has, and a revision that nobody
 * has changes nothing.
 */

import { isCancellation, log, workflowInfo } from "@temporalio/workflow";

import type { RevisionId } from "../src/domain/ids.js";
import { takePlan } from "../src/domain/monitor-machine.js";
import type { LanePlan, MonitorPlan } from "../src/domain/monitor-plan.js";
import type { MonitorStep } from "../src/domain/monitor-state.js";
import { tellAllOnce, tellSoon } from "../src/domain/telling.js";
import { controlActivities } from "./activity-options.js";
import type { MonitorRun } from "./monitor-run.js";

const KEY = "plan";

/** The newest wish counts: what is being read for another one is called back. */
export function wantRevision(run: MonitorRun, revision: RevisionId | undefined): void {
  const [reading] = run.wanted;
  const known = reading ?? run.plan;
  if (revision !== undefined && known?.revision === revision) {
    run.wanted = run.wanted.slice(0, 1);
    return;
  }
  run.flights.recall((key) => key.startsWith(KEY));
  const has = revision !== undefined && revision === run.plan?.revision;
  run.wanted = has ? [] : [revision === undefined ? {} : { revision }];
}

/** Reads what is wanted, for as long as it takes; `apply` gets what the new plan changes. */
export function readRevision(run: MonitorRun, apply: (step: MonitorStep) => void): void {
  const [wanted] = run.wanted;
  if (wanted === undefined) return;
  const { prefix, system, shard } = run.input;
  const summary = `read revision ${wanted.revision ?? "applied last"} for ${system}`;
  run.flights.launch(
    `${KEY} ${wanted.revision ?? ""}`,
    () => controlActivities(prefix, summary).loadMonitor({ system, shard, ...wanted }),
    (plan) => {
      if (run.wanted[0] !== wanted) return;
      run.wanted = run.wanted.slice(1);
      const isFirst = run.plan === undefined && run.input.state === undefined;
      if (isFirst) run.state = tellAllOnce(run.state, plan, Date.now());
      const before = run.plan;
      run.plan = plan;
      apply(takePlan(run.state, plan, (lane) => staggerMs(lane), Date.now(), before));
      // A monitor that is about to return leaves nobody to be told later.
      if (plan.checks.length === 0) run.state = tellSoon(run.state, Object.keys(run.state.tellings));
    },
    (error) => {
      if (isCancellation(error) || run.wanted[0] !== wanted) return;
      log.error("a revision could not be read", { revision: wanted.revision, error: String(error) });
      if (run.plan !== undefined) run.wanted = run.wanted.slice(1);
    },
  );
}

/** Stands for a plan that has not been read: what may be asked of a monitor before that finds nothing. */
export function noPlan(system: string, shard: number): MonitorPlan {
  const revision = "" as RevisionId;
  return { revision, system, shard, lanes: [], checks: [], timings: [], searchAttributes: false };
}

/** Where in its interval a lane of this monitor ticks: spread by name, so that monitors do not tick together; at most 5 s after the start. */
function staggerMs(lane: LanePlan): number {
  const text = `${workflowInfo().workflowId} ${lane.key}`;
  let hash = 7;
  for (let index = 0; index < text.length; index += 1)
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0;
  return hash % Math.min(lane.everyMs, 5_000);
}
