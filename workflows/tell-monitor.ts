/** Incident to monitor: what a person released or acknowledged. A monitor that is gone needs to know nothing. */

import { getExternalWorkflowHandle, log } from "@temporalio/workflow";

import type { IncidentEffect } from "../src/domain/incident-state.js";
import type { IncidentRun } from "./incident-run.js";
import type { AlertsMessage } from "./names.js";
import { acknowledgedSignal, releasedSignal } from "./names.js";

type Told = Extract<IncidentEffect, { readonly effect: "tell-monitor" }>;

export function tellMonitor(run: IncidentRun, effect: Told): void {
  const { name, monitor, alerts, all } = effect;
  const message: AlertsMessage = { service: run.input.service, alerts, all };
  const signal = name === "released" ? releasedSignal : acknowledgedSignal;
  run.flights.launch(
    `${name} ${monitor} ${run.rows.nextSeq()}`,
    () => getExternalWorkflowHandle(monitor).signal(signal, message),
    () => undefined,
    (error) => {
      log.warn("the monitor could not be told", { monitor, error: String(error) });
    },
  );
}
