/** The configuration a command tries things with: the file that is named, else what has been applied. */

import { resolve } from "node:path";

import { loadConfig } from "../config/load.js";
import type { Plan } from "../domain/plan.js";
import { TocsinError } from "../errors.js";
import { BrokenConfiguration } from "./applying.js";
import type { Installation } from "./installation.js";
import type { Io } from "./io.js";
import { appliedPlan } from "../views/monitors.js";

/** Rejects with the file's problems when it is broken, with RUN-002 when nothing has been applied. */
export async function choosePlan(
  installation: Installation,
  io: Io,
  file: string | undefined,
): Promise<Plan> {
  if (file === undefined) {
    const applied = await appliedPlan(installation);
    if (applied !== undefined) return applied;
    throw new TocsinError("RUN-002", "there is nothing to try: name a file with --config");
  }
  const loaded = await loadConfig(resolve(io.cwd, file), { env: io.env });
  if (!loaded.ok) throw new BrokenConfiguration(file, loaded.problems);
  return loaded.plan;
}
