/** Every alert that is not simply good: from running monitors, and where nobody answers as it was stored last. */

import { TocsinError } from "../errors.js";
import type { AlertRow } from "./alert-rows.js";
import { liveRows, ofSystem, storedRows } from "./alert-rows.js";
import { blindSpots } from "./blindness.js";
import { fromStore } from "./from-store.js";
import { appliedPlan, monitorName, monitorsNow } from "./monitors.js";
import type { Sources } from "./sources.js";

/** Edges read back when monitors do not answer. */
const STORED_EDGES = 5_000;

export interface AlertsRead {
  readonly rows: readonly AlertRow[];
  /** Systems whose alerts are those last stored. */
  readonly stored: readonly string[];
  /** Systems of which nothing could be learned. */
  readonly missing: readonly string[];
  /** One sentence for each reason why something is not seen. */
  readonly blind: readonly string[];
}

/** Of one system, or of all. Rejects with CLI-005 for a system that nobody knows. */
export async function readAlerts(
  sources: Sources,
  system: string | undefined,
  now: number,
): Promise<AlertsRead> {
  const operations = await sources.operations();
  const monitors = await monitorsNow(operations, await appliedPlan(sources), system);
  if (system !== undefined && monitors.length === 0) {
    throw new TocsinError("CLI-005", `no monitor runs for ${system}, and no configuration asks for one`);
  }
  const blind = blindSpots(monitors, now).map(({ reason }) => reason);
  const live = liveRows(
    monitors.flatMap(({ asked }) => (asked.state === "answered" ? asked.value.alerts : [])),
  );
  const silent = [
    ...new Set(
      monitors.flatMap(({ monitor, asked }) => (asked.state === "answered" ? [] : [monitorName(monitor)])),
    ),
  ];
  if (silent.length === 0) return { rows: live, stored: [], missing: [], blind };
  const edges = await fromStore(sources, (store) => store.transitions({ limit: STORED_EDGES }));
  if (!edges.there) return { rows: live, stored: [], missing: silent, blind };
  const known = new Set(live.map(({ alert }) => alert));
  const systems = new Set(silent.map((name) => name.split(":")[0] ?? name));
  const rows = ofSystem(storedRows(edges.value), system).filter(
    ({ alert }) => !known.has(alert) && systems.has(alert.split("/")[0] ?? ""),
  );
  return { rows: [...live, ...rows], stored: silent, missing: [], blind };
}
