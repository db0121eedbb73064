/** Keeps incidents told: one message at a time for each service, always the whole slice, again until it is taken. */

import { isCancellation, log } from "@temporalio/workflow";

import { BLIND_SERVICE, blindSlice } from "../src/domain/blindness.js";
import type { ServiceId } from "../src/domain/ids.js";
import { serviceId } from "../src/domain/ids.js";
import type { MembersMessage } from "../src/domain/members.js";
import { dirtyService, dueTellings, foldTold, sendingTo, sliceOf, tellSoon } from "../src/domain/telling.js";
import { controlActivities } from "./activity-options.js";
import type { PlannedRun } from "./monitor-run.js";
import { monitorWorkflowId } from "./names.js";

/** Incidents told at the same time: the others wait for the first answers, so that one turn does not fill the history. */
const MAX_ALOFT = 20;

export function tellIncidents(run: PlannedRun): void {
  const due = dueTellings(run.state, Date.now());
  const aloft = Object.keys(run.state.tellings).filter((key) => run.flights.isAloft(flightOf(key)));
  const waiting = due.filter((key) => !aloft.includes(key));
  const room = Math.max(0, MAX_ALOFT - aloft.length);
  run.state = tellSoon(run.state, waiting.slice(room));
  for (const key of waiting.slice(0, room)) tellIncident(run, key);
}

function flightOf(key: string): string {
  return `tell ${key}`;
}

function tellIncident(run: PlannedRun, key: string): void {
  const { prefix, system, shard } = run.input;
  const telling = run.state.tellings[key];
  if (telling === undefined) return;
  const seq = Math.max(run.state.tellSeq + 1, Date.now());
  const slice =
    key === BLIND_SERVICE ? { list: blindSlice(run.state), more: 0 } : sliceOf(run.state, run.plan, key);
  const message: MembersMessage = {
    from: monitorWorkflowId(prefix, system, shard),
    seq,
    revision: run.plan.revision,
    ...slice,
    ended: telling.ended,
    known: telling.known,
  };
  run.state = sendingTo(run.state, key, seq);
  const service: ServiceId = key === BLIND_SERVICE ? BLIND_SERVICE : serviceId(system, key);
  const summary = `tell ${service}: ${slice.list.length + slice.more} firing`;
  run.flights.launch(
    flightOf(key),
    () => controlActivities(prefix, summary).tellIncident({ service, message }),
    () => {
      run.state = foldTold(run.state, key, telling.ended, slice.list.length === 0, Date.now());
    },
    (error) => {
      if (!isCancellation(error)) {
        log.error("an incident could not be told; trying again", { service, error: String(error) });
      }
      run.state = dirtyService(run.state, key);
    },
  );
}
