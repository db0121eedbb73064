/** Incident to monitor: what a person released or acknowledged. */

import { getExternalWorkflowHandle, log } from "@temporalio/workflow";

import { foldMembers } from "../src/domain/incident-machine.js";
import type { IncidentEffect, IncidentStep } from "../src/domain/incident-state.js";
import type { IncidentRun } from "./incident-run.js";
import type { AlertsMessage } from "./names.js";
import { acknowledgedSignal, releasedSignal } from "./names.js";

type Told = Extract<IncidentEffect, { readonly effect: "tell-monitor" }>;

export function tellMonitor(run: IncidentRun, effect: Told, apply: (step: IncidentStep) => void): void {
  const { name, monitor, alerts, all } = effect;
  const message: AlertsMessage = { service: run.input.service, alerts, all };
  const signal = name === "released" ? releasedSignal : acknowledgedSignal;
  run.flights.launch(
    `${name} ${monitor} ${run.rows.nextSeq()}`,
    () => getExternalWorkflowHandle(monitor).signal(signal, message),
    () => undefined,
    (error) => {
      log.warn("the monitor could not be told", { monitor, error: String(error) });
      if (name === "released") apply(endSlice(run, monitor));
    },
  );
}

/** A monitor that is gone answers for nothing any more: what it said last is over, as if it had said so itself. */
function endSlice(run: IncidentRun, monitor: string): IncidentStep {
  const slice = run.state.slices[monitor];
  const revision = run.state.conversations.at(-1)?.textRevision;
  if (slice === undefined || revision === undefined) return { state: run.state, effects: [] };
  const now = Date.now();
  const ended = slice.members.map((member) => ({ ...member, resolvedAt: now, end: "released" as const }));
  const message = { from: monitor, seq: slice.seq + 1, revision, list: [], more: 0, ended, known: true };
  return foldMembers(run.state, message, now);
}
