/** Everything people and other programs do to what runs: commands to incidents and monitors, and questions to them. */

import type { Client } from "@temporalio/client";

import type { IncidentCommandName, IncidentCommands } from "../domain/commands.js";
import type { DoctorReport } from "../domain/doctor-report.js";
import type { AlertId, ServiceId } from "../domain/ids.js";
import type { MonitorCommandName, MonitorCommands, Prefix } from "../../workflows/names.js";
import {
  incidentWorkflowId,
  monitorWorkflowId,
  statusQuery,
  timelineQuery,
  whyQuery,
} from "../../workflows/names.js";
import type { Asked } from "./ask.js";
import { askAny, askRunning } from "./ask.js";
import type { Told } from "./command.js";
import { commandWorkflow } from "./command.js";
import { examineOnWorker } from "./examine-on-worker.js";
import type { IncidentStatus, LiveGuards, LiveTimelineEntry, MonitorStatus } from "./live-status.js";
import type { MonitorRef, RunningIncident } from "./running.js";
import { listIncidents, listMonitors } from "./running.js";
import type { ScheduleOperations } from "./schedules.js";
import { scheduleOperations } from "./schedules.js";

/** All of it for one installation; every method rejects with TMP-001 when the server cannot be reached. */
export interface Operations {
  commandIncident<Name extends IncidentCommandName>(
    service: ServiceId,
    name: Name,
    input: IncidentCommands[Name],
  ): Promise<Told>;
  commandMonitor<Name extends MonitorCommandName>(
    monitor: MonitorRef,
    name: Name,
    input: MonitorCommands[Name] & { readonly command_id?: string },
  ): Promise<Told>;
  incidentStatus(service: ServiceId): Promise<Asked<IncidentStatus>>;
  /** Also of one that has ended, as long as the server keeps its history. */
  incidentTimeline(service: ServiceId): Promise<Asked<readonly LiveTimelineEntry[]>>;
  monitorStatus(monitor: MonitorRef): Promise<Asked<MonitorStatus>>;
  /** The guards of one alert, or of all that are not good. */
  monitorWhy(monitor: MonitorRef, alert?: AlertId): Promise<Asked<readonly LiveGuards[]>>;
  listMonitors(): Promise<readonly MonitorRef[]>;
  listIncidents(): Promise<readonly RunningIncident[]>;
  readonly schedules: ScheduleOperations;
  /** What a worker finds when it examines everything a page depends on; undefined when none answers. */
  examine(): Promise<DoctorReport | undefined>;
}

export function operations(client: Client, prefix: Prefix): Operations {
  const monitorId = ({ system, shard }: MonitorRef): string => monitorWorkflowId(prefix, system, shard);
  return {
    commandIncident: (service, name, input) => commandIncident(client, prefix, service, name, input),
    commandMonitor: (monitor, name, input) => commandMonitor(client, prefix, monitor, name, input),
    incidentStatus: (service) => askRunning(client, incidentWorkflowId(prefix, service), statusQuery),
    incidentTimeline: (service) => askAny(client, incidentWorkflowId(prefix, service), timelineQuery),
    monitorStatus: (monitor) => askRunning(client, monitorId(monitor), statusQuery),
    monitorWhy: (monitor, alert) =>
      askRunning(client, monitorId(monitor), whyQuery, ...(alert === undefined ? [] : [alert])),
    listMonitors: () => listMonitors(client, prefix),
    listIncidents: () => listIncidents(client, prefix),
    schedules: scheduleOperations(client, prefix),
    examine: () => examineOnWorker(client, prefix),
  };
}

/** `absent`: no incident of this service runs. */
function commandIncident<Name extends IncidentCommandName>(
  client: Client,
  prefix: Prefix,
  service: ServiceId,
  name: Name,
  input: IncidentCommands[Name],
): Promise<Told> {
  return commandWorkflow(client, incidentWorkflowId(prefix, service), name, input);
}

/** `absent`: this monitor does not run. */
function commandMonitor<Name extends MonitorCommandName>(
  client: Client,
  prefix: Prefix,
  { system, shard }: MonitorRef,
  name: Name,
  input: MonitorCommands[Name] & { readonly command_id?: string },
): Promise<Told> {
  return commandWorkflow(client, monitorWorkflowId(prefix, system, shard), name, input);
}
