/** Puts what is known of the running workflows into gauges. What is not known has no value, and blindness is said. */

import type { Gauge } from "prom-client";

import type { COMMON_METRICS } from "../telemetry/common-metrics.js";
import type { Meter } from "../telemetry/meter.js";
import { forget } from "../telemetry/meter.js";
import type { SERVE_METRICS } from "../telemetry/serve-metrics.js";
import type { SystemSigns } from "../views/system-signs.js";
import type { VitalSigns } from "../views/vital-signs.js";

export type ServeMeter = Meter<typeof SERVE_METRICS> & Meter<typeof COMMON_METRICS>;

export function showVitals(meter: ServeMeter, signs: VitalSigns): void {
  forgetVitals(meter);
  meter.blind.set(signs.blind ? 1 : 0);
  meter.temporalUp.set(signs.temporal ? 1 : 0);
  meter.storeUp.set(signs.store ? 1 : 0);
  if (signs.deadLetters !== undefined) meter.deadLetters.set(signs.deadLetters);
  for (const { monitor, blind } of signs.monitors) meter.monitorBlind.set({ monitor }, blind ? 1 : 0);
  for (const { system, state, count } of signs.incidents ?? []) meter.incidents.set({ system, state }, count);
  for (const each of signs.systems) showSystem(meter, each);
}

/** Nobody could be asked in time: of everything that was ever known to be watched it is said that it is not seen. */
export function showBlindness(meter: ServeMeter, last: VitalSigns | undefined): void {
  forgetVitals(meter);
  meter.blind.set(1);
  for (const { monitor } of last?.monitors ?? []) meter.monitorBlind.set({ monitor }, 1);
  for (const { system } of last?.systems ?? []) meter.systemUp.set({ system }, 0);
}

function showSystem(meter: ServeMeter, { system, seen, checks, live }: SystemSigns): void {
  meter.systemUp.set({ system }, seen ? 1 : 0);
  if (checks !== undefined) {
    meter.plannedChecks.set({ system }, checks.planned);
    meter.freshChecks.set({ system }, checks.fresh);
    meter.pausedChecks.set({ system }, checks.paused);
    meter.coverage.set({ system }, checks.planned === 0 ? 1 : checks.fresh / checks.planned);
  }
  if (live === undefined) return;
  meter.sweepBehind.set({ system }, live.behindMs / 1_000);
  for (const { severity, state, count } of live.alerts) meter.alerts.set({ system, severity, state }, count);
  meter.unknownAlerts.set({ system }, live.unknown.count);
  meter.unknownLongest.set({ system }, live.unknown.longestMs / 1_000);
  meter.rowsWaiting.set({ system }, live.rows.waiting);
  meter.rowsDropped.set({ system }, live.rows.dropped);
}

function forgetVitals(meter: ServeMeter): void {
  const gauges: readonly Gauge[] = [
    meter.blind,
    meter.systemUp,
    meter.monitorBlind,
    meter.temporalUp,
    meter.storeUp,
    meter.plannedChecks,
    meter.freshChecks,
    meter.pausedChecks,
    meter.coverage,
    meter.sweepBehind,
    meter.alerts,
    meter.unknownAlerts,
    meter.unknownLongest,
    meter.incidents,
    meter.deadLetters,
    meter.rowsWaiting,
    meter.rowsDropped,
    meter.collectionAge,
  ];
  for (const gauge of gauges) forget(gauge);
}
