/** Every alert that is not simply good: from running monitors, and where nobody answers as it was stored last. */

import type { AlertRow } from "./alert-rows.js";
import { liveRows, ofSystem, storedRows } from "./alert-rows.js";
import { blindSpots } from "./blindness.js";
import { fromStore } from "./from-store.js";
import type { MonitorNow } from "./monitors.js";
import { appliedPlan, monitorName, monitorsNow } from "./monitors.js";
import type { PauseRow } from "./pauses.js";
import { pausesNow } from "./pauses.js";
import type { Sources } from "./sources.js";
import { NOTHING_KNOWN } from "./status.js";
import { unknownSystem } from "./unknown-name.js";

/** Edges read back when monitors do not answer. */
const STORED_EDGES = 5_000;

export interface AlertsRead {
  readonly rows: readonly AlertRow[];
  readonly pauses: readonly PauseRow[];
  /** Systems whose alerts are those last stored. */
  readonly stored: readonly string[];
  /** Systems of which nothing could be learned. */
  readonly missing: readonly string[];
  /** One sentence for each reason why something is not seen. */
  readonly blind: readonly string[];
  /** No monitor runs, and nothing that answers says what should be watched. */
  readonly nothingKnown: boolean;
}

/** Of one system, or of all. Rejects with CLI-005 for a system that nobody knows. */
export async function readAlerts(
  sources: Sources,
  system: string | undefined,
  now: number,
): Promise<AlertsRead> {
  const operations = await sources.operations();
  const plan = await appliedPlan(sources);
  const monitors = await monitorsNow(operations, plan, system);
  if (monitors.length === 0 && plan === undefined) {
    const store = await fromStore(sources, (each) => each.ping());
    if (!store.there) return { ...NOTHING, blind: [NOTHING_KNOWN], nothingKnown: true };
  }
  if (system !== undefined && monitors.length === 0) throw unknownSystem(plan, system);
  const pauses = pausesNow(monitors, now);
  const live = liveRows(
    monitors.flatMap(({ asked }) => (asked.state === "answered" ? asked.value.alerts : [])),
    pauses,
  );
  const read: AlertsRead = {
    ...NOTHING,
    rows: live,
    pauses,
    blind: blindSpots(monitors, now).map(({ reason }) => reason),
  };
  const silent = namesOf(monitors.filter(({ asked }) => asked.state !== "answered"));
  if (silent.length === 0) return read;
  const edges = await fromStore(sources, (store) => store.transitions({ limit: STORED_EDGES }));
  if (!edges.there) return { ...read, missing: silent };
  const known = new Set(live.map(({ alert }) => alert));
  const systems = new Set(silent.map((name) => name.split(":")[0] ?? name));
  const rows = ofSystem(storedRows(edges.value), system).filter(
    ({ alert }) => !known.has(alert) && systems.has(alert.split("/")[0] ?? ""),
  );
  return { ...read, rows: [...live, ...rows], stored: silent };
}

const NOTHING: AlertsRead = { rows: [], pauses: [], stored: [], missing: [], blind: [], nothingKnown: false };

function namesOf(monitors: readonly MonitorNow[]): readonly string[] {
  return [...new Set(monitors.map(({ monitor }) => monitorName(monitor)))];
}
