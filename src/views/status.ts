/** Whether Tocsin sees, what fires, who has it. */

import { TocsinError } from "../errors.js";
import type { BlindSpot } from "./blindness.js";
import { blindSpots } from "./blindness.js";
import type { FromStore } from "./from-store.js";
import { fromStore } from "./from-store.js";
import { appliedPlan, monitorsNow } from "./monitors.js";
import type { OpenIncident } from "./open-incidents.js";
import { openIncidents } from "./open-incidents.js";
import type { Sources } from "./sources.js";
import type { SystemRow } from "./system-rows.js";
import { systemRow } from "./system-rows.js";

export interface Status {
  readonly blind: readonly BlindSpot[];
  readonly systems: readonly SystemRow[];
  readonly incidents: readonly OpenIncident[];
}

export interface StatusRead {
  readonly status: Status;
  /** Round trip in milliseconds, when it answers. */
  readonly store: FromStore<number>;
  readonly revision?: string;
}

/** Of one system, or of all. Rejects with CLI-005 for a system that nobody knows. */
export async function readStatus(
  sources: Sources,
  system: string | undefined,
  now: number,
): Promise<StatusRead> {
  const operations = await sources.operations();
  const plan = await appliedPlan(sources);
  const [monitors, incidents, store] = await Promise.all([
    monitorsNow(operations, plan, system),
    openIncidents(operations, system),
    fromStore(sources, (each) => each.ping()),
  ]);
  if (system !== undefined && monitors.length === 0) {
    throw new TocsinError("CLI-005", `no monitor runs for ${system}, and no configuration asks for one`);
  }
  return {
    status: {
      blind: blindSpots(monitors, now),
      systems: monitors.map((monitor) => systemRow(monitor, now)),
      incidents,
    },
    store,
    ...(plan === undefined ? {} : { revision: plan.revision }),
  };
}
