/** The command line beside a world with one rule over one check, at some time of it. */

import { oneRule } from "../support/plans.js";
import type { Looks } from "../support/tocsin-sweeps.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

export const PLAN = oneRule();
export const REASON = "503, redis: error (connection refused)";

export const badFrom = (sinceMs: number): Looks => phases([sinceMs, { verdict: "bad", reason: REASON }]);

export async function at(sinceMs: number, look?: Looks): Promise<WorldCli & { readonly world: TocsinWorld }> {
  const world = await tocsinWorld({ plan: PLAN, ...(look === undefined ? {} : { look }) });
  await world.advanceTo(sinceMs);
  return { ...worldCli(world, PLAN), world };
}
