/** From a configuration file to running monitors: read it, keep it, hand it over. `apply` and `up` both go this way. */

import type { App } from "../app.js";
import { problemsAsJson, renderProblems } from "../config/diagnostics.js";
import { loadConfig } from "../config/load.js";
import type { Problem } from "../config/problem.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { ensureSchedules } from "../temporal/schedules.js";
import type { EnsuredSchedule } from "../temporal/schedules.js";
import { ensureSearchAttributes } from "../temporal/search-attributes.js";
import { syncMonitors } from "../temporal/sync.js";
import type { Synced } from "../temporal/sync.js";

type Environment = Readonly<Record<string, string | undefined>>;

export interface AppliedPlan {
  readonly plan: Plan;
  readonly previous?: Plan;
  readonly appliedAt: number;
  readonly warnings: readonly Problem[];
  readonly synced: Synced;
  readonly schedules: readonly EnsuredSchedule[];
  /** False when only this machine's copy has it: the store was away. */
  readonly stored: boolean;
}

/** A file that is broken: nothing changed. `problems` are for `--json`. */
export class BrokenConfiguration extends TocsinError {
  readonly problems: ReturnType<typeof problemsAsJson>;

  constructor(file: string, problems: readonly Problem[]) {
    super("CFG-050", `${file}\n${renderProblems(problems)}`);
    this.problems = problemsAsJson(problems);
  }
}

/** Rejects with {@link BrokenConfiguration} before anything is touched. */
export async function applyFile(app: App, file: string, env: Environment, by: string): Promise<AppliedPlan> {
  const previous = (await app.plans.current())?.plan;
  const loaded = await loadConfig(file, {
    env,
    ...(previous === undefined ? {} : { previousPlan: previous }),
  });
  if (!loaded.ok) throw new BrokenConfiguration(file, loaded.problems);
  const appliedAt = Date.now();
  const { stored } = await app.plans.keep({ plan: loaded.plan, appliedAt, appliedBy: by });
  const handed = await handOver(app, loaded.plan);
  return {
    plan: loaded.plan,
    appliedAt,
    warnings: loaded.warnings,
    stored,
    ...handed,
    ...(previous === undefined ? {} : { previous }),
  };
}

/** Monitors and schedules are brought in line with a plan that is kept already. */
export async function handOver(
  app: App,
  plan: Plan,
): Promise<{ readonly synced: Synced; readonly schedules: readonly EnsuredSchedule[] }> {
  const { client, connection, namespace } = app.temporal;
  const { prefix } = app.context;
  const attributes = await ensureSearchAttributes(connection, namespace, (line) => {
    app.log.warn(line);
  });
  const synced = await syncMonitors(client, prefix, plan, attributes);
  const schedules = await ensureSchedules(client, prefix, plan.schedules);
  return { synced, schedules };
}

export function checkCount(plan: Plan): number {
  return plan.systems.reduce(
    (sum, system) => sum + system.services.reduce((all, { checks }) => all + checks.length, 0),
    0,
  );
}
