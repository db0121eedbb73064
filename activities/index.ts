/** The door from the workflows' sandbox to the world: which activity is served by what. A table of contents, no logic. */

import type {
  ControlActivities,
  DeliverActivities,
  ProbeActivities,
} from "../workflows/activity-contract.js";
import { deliverActivity } from "./deliver.js";
import type { ControlDependencies, DeliverDependencies, ProbeDependencies } from "./dependencies.js";
import { gateActivity } from "./gate.js";
import { housekeepActivity } from "./housekeep.js";
import { loadMonitorActivity } from "./load-monitor.js";
import { openIncidentActivity } from "./open-incident.js";
import { recordActivity } from "./record.js";
import { sweepActivity } from "./sweep.js";
import { tellIncidentActivity } from "./tell-incident.js";

export function controlActivities(dependencies: ControlDependencies): ControlActivities {
  return {
    loadMonitor: loadMonitorActivity(dependencies),
    tellIncident: tellIncidentActivity(dependencies),
    openIncident: openIncidentActivity(dependencies),
    gate: gateActivity(),
    record: recordActivity(dependencies),
    doctor: dependencies.examine,
    housekeep: housekeepActivity(dependencies),
  };
}

export function probeActivities(dependencies: ProbeDependencies): ProbeActivities {
  return { sweep: sweepActivity(dependencies) };
}

export function deliverActivities(dependencies: DeliverDependencies): DeliverActivities {
  return { deliver: deliverActivity(dependencies) };
}
