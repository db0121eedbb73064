/** What workflows ask of activities. `activities/` implements it; nothing here runs. */

import type { IncidentId, RevisionId, ServiceId } from "../src/domain/ids.js";
import type { DeliverInput } from "../src/domain/deliver-input.js";
import type { DoctorReport } from "../src/domain/doctor-report.js";
import type { MembersMessage } from "../src/domain/members.js";
import type { AttemptResult } from "../src/domain/message.js";
import type { MonitorPlan } from "../src/domain/monitor-plan.js";
import type { PolicyPlan } from "../src/domain/plan.js";
import type { Severity } from "../src/domain/severity.js";
import type { StoryBatch } from "../src/domain/story.js";
import type { SweepInput, SweepResult } from "../src/domain/sweep.js";

export interface LoadMonitorInput {
  readonly system: string;
  readonly shard: number;
  /** Absent: the one applied last. */
  readonly revision?: RevisionId;
}

export interface TellIncidentInput {
  readonly service: ServiceId;
  readonly message: MembersMessage;
}

export interface OpenIncidentInput {
  readonly service: ServiceId;
  readonly incident: IncidentId;
  readonly revision: RevisionId;
}

export interface OpenedIncident {
  readonly policy: PolicyPlan;
  readonly searchAttributes: boolean;
}

export interface GateInput {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly alerts: readonly string[];
  readonly severity: Severity;
}

export type GateAnswer =
  | { readonly clear: true }
  | { readonly clear: false; readonly reasons: readonly string[]; readonly recheckAfterMs: number };

export interface HousekeepingAnswer {
  readonly partitionsMade: number;
  readonly partitionsDropped: number;
  readonly bucketsRolledUp: number;
}

/** On the control queue. */
export interface ControlActivities {
  loadMonitor(input: LoadMonitorInput): Promise<MonitorPlan>;
  tellIncident(input: TellIncidentInput): Promise<void>;
  openIncident(input: OpenIncidentInput): Promise<OpenedIncident>;
  gate(input: GateInput): Promise<GateAnswer>;
  record(batch: StoryBatch): Promise<void>;
  doctor(): Promise<DoctorReport>;
  housekeep(): Promise<HousekeepingAnswer>;
}

/** On a probe queue. */
export interface ProbeActivities {
  sweep(input: SweepInput): Promise<SweepResult>;
}

/** On the deliver queue: one call is one attempt. */
export interface DeliverActivities {
  deliver(input: DeliverInput): Promise<AttemptResult>;
}
