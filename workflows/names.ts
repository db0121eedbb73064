/** Ids, queues, messages and search attributes of Tocsin's workflows: the one place that spells them. Read by `src/temporal` too. */

import { defineQuery, defineSignal, defineUpdate } from "@temporalio/workflow";

import type { CommandAnswer, MonitorPauseCommand, MonitorTargetCommand } from "../src/domain/commands.js";
import type { AlertId, RevisionId, ServiceId } from "../src/domain/ids.js";
import type { MembersMessage } from "../src/domain/members.js";

/** Set before every workflow id, task queue and schedule id, so that installations can share a namespace. Empty or ends in `-`. */
export type Prefix = string;

export function monitorWorkflowId(prefix: Prefix, system: string, shard: number): string {
  return shard === 1 ? `${prefix}monitor:${system}` : `${prefix}monitor:${system}:${shard}`;
}

export function incidentWorkflowId(prefix: Prefix, service: ServiceId): string {
  return `${prefix}incident:${service}`;
}

export function scheduleId(prefix: Prefix, name: string): string {
  return `${prefix}tocsin:${name}`;
}

/** Workflows and light activities. */
export function controlQueue(prefix: Prefix): string {
  return `${prefix}tocsin`;
}

/** Sweeps, on any worker or on those of one location. */
export function probeQueue(prefix: Prefix, location?: string): string {
  return location === undefined ? `${prefix}tocsin-probe` : `${prefix}tocsin-probe-${location}`;
}

/** Polled for a moment to read the server's clock; never given a task. */
export function clockQueue(prefix: Prefix): string {
  return `${prefix}tocsin-clock`;
}

/** Attempts at notifiers. */
export function deliverQueue(prefix: Prefix): string {
  return `${prefix}tocsin-deliver`;
}

/** Monitor to incident: its whole slice. */
export const membersSignal = defineSignal<[MembersMessage]>("members");
/** Silences or maintenance have changed: look again before the held-until time. */
export const recheckSignal = defineSignal("recheck");

export interface AlertsMessage {
  readonly service: ServiceId;
  readonly alerts: readonly { readonly alert: AlertId; readonly episode: number }[];
  /** Every firing alert of the service, also those not listed. */
  readonly all: boolean;
  readonly by?: string;
}

/** Incident to monitor: a person resolved these by hand. */
export const releasedSignal = defineSignal<[AlertsMessage]>("released");
/** Incident to monitor: a person has these. */
export const acknowledgedSignal = defineSignal<[AlertsMessage]>("acknowledged");

export interface ReconfigureCommand {
  readonly revision?: RevisionId;
  readonly command_id?: string;
}

export interface MonitorCommands {
  readonly pause: MonitorPauseCommand;
  readonly resume: MonitorTargetCommand;
  readonly sweepNow: MonitorTargetCommand;
  readonly reconfigure: ReconfigureCommand;
}
export type MonitorCommandName = keyof MonitorCommands;

/** A command is a signal and an update of the same name; the update answers. */
export function commandSignal(name: string): ReturnType<typeof defineSignal<[unknown]>> {
  return defineSignal<[unknown]>(name);
}

export function commandUpdate(name: string): ReturnType<typeof defineUpdate<CommandAnswer, [unknown]>> {
  return defineUpdate<CommandAnswer, [unknown]>(name);
}

export const statusQuery = defineQuery<unknown>("status");
export const timelineQuery = defineQuery<unknown>("timeline");
export const whyQuery = defineQuery<unknown, [string?]>("why");
