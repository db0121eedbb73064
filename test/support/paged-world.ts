/** A Tocsin in which somebody has just been paged: where most stories of people begin. */

import { oneRule } from "./plans.js";
import { MINUTE } from "./tocsin-lines.js";
import { phases } from "./tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld, type WorldScript } from "./tocsin-world.js";
import type { WorkflowHarness } from "./workflow-harness.js";

/** At minute 4: `controller` is bad since minute 1, paged at 185 s, and the next step is at 485 s. */
export async function pagedWorld(
  script: Partial<WorldScript> = {},
): Promise<TocsinWorld & { readonly incidentNow: WorkflowHarness }> {
  const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"]), ...script });
  await world.advanceTo(4 * MINUTE);
  const incidentNow = world.incident("controller");
  if (incidentNow === undefined) throw new Error("nobody was paged");
  return { ...world, incidentNow };
}
