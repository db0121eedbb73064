/** Keeps incidents told: one message at a time for each service, always the whole slice, again until it is taken. */

import { isCancellation, log } from "@temporalio/workflow";

import { BLIND_SERVICE, blindSlice } from "../src/domain/blindness.js";
import type { ServiceId } from "../src/domain/ids.js";
import { serviceId } from "../src/domain/ids.js";
import type { MembersMessage } from "../src/domain/members.js";
import { dirtyService, dueTellings, foldTold, sendingTo, sliceOf } from "../src/domain/telling.js";
import { controlActivities } from "./activity-options.js";
import type { PlannedRun } from "./monitor-run.js";
import { monitorWorkflowId } from "./names.js";

export function tellIncidents(run: PlannedRun): void {
  for (const key of dueTellings(run.state, Date.now())) {
    if (!run.flights.isAloft(`tell ${key}`)) tellIncident(run, key);
  }
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
    `tell ${key}`,
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
