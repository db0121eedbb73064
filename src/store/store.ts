/**
 * The port of the store: what can be recorded and asked, in domain words. Decisions never wait for it; writes are idempotent by
 * workflow id and sequence, so a retried activity adds nothing.
 */

import type { AlertId, CheckId, IncidentId, RevisionId, ServiceId } from "../domain/ids.js";
import type { MessageKind } from "../domain/message.js";
import type { Plan } from "../domain/plan.js";
import type { Outcome, Phases } from "../domain/reading.js";
import type { AlertTransition, DeliveryRecord, IncidentEvent, StoryBatch } from "../domain/story.js";
import type { Severity } from "../domain/severity.js";

export type { AlertTransition, DeliveryRecord, IncidentEvent, StoryBatch };

/** One reading as stored; `fields` holds only the numbers that window rules and charts look back at. */
export interface StoredReading {
  readonly check: CheckId;
  readonly subject?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly outcome: Outcome;
  readonly latencyMs?: number;
  readonly fields?: Readonly<Record<string, number>>;
  /** Kept only for readings whose story changed: not good, or good after not good. */
  readonly evidence?: { readonly reason?: string; readonly phases?: Phases; readonly text?: string };
}

export interface StoredRevision {
  readonly plan: Plan;
  readonly appliedAt: number;
  readonly appliedBy: string;
}

export interface IncidentSummary {
  readonly incident: IncidentId;
  readonly service: ServiceId;
  readonly openedAt: number;
  readonly closedAt?: number;
  readonly severity: Severity;
  readonly lastEvent: string;
}

export interface DeadLetter {
  readonly key: string;
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly kind: MessageKind;
  readonly at: number;
  readonly attempts: number;
  readonly reason: string;
  readonly state: "dead" | "retried" | "discarded";
}

/** Good, degraded, bad and unknown readings of one check over one bucket of a rollup. */
export interface RollupRow {
  readonly check: CheckId;
  readonly subject?: string;
  readonly from: number;
  readonly ms: number;
  readonly good: number;
  readonly degraded: number;
  readonly bad: number;
  readonly unknown: number;
  readonly latencyAvgMs?: number;
  readonly latencyMaxMs?: number;
}

export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Store {
  /** Brings the schema up to date. Rejects with STO-… when the server is too old or the schema is newer than this program. */
  migrate(): Promise<void>;
  close(): Promise<void>;
  /** Round trip in milliseconds; rejects when the store is away. */
  ping(): Promise<number>;

  saveRevision(revision: StoredRevision): Promise<void>;
  revision(id: RevisionId): Promise<StoredRevision | undefined>;
  /** The one applied last. */
  currentRevision(): Promise<StoredRevision | undefined>;

  /** One batch per sweep, one transaction, `synchronous_commit=off`. Creates partitions as needed. */
  recordReadings(readings: readonly StoredReading[]): Promise<void>;
  /** Idempotent by workflow id and sequence; one transaction. */
  recordStory(batch: StoryBatch): Promise<void>;

  readings(check: CheckId, range: TimeRange, limit: number): Promise<readonly StoredReading[]>;
  lastReadings(limit: number): Promise<readonly StoredReading[]>;
  rollups(check: CheckId, range: TimeRange): Promise<readonly RollupRow[]>;
  transitions(filter: {
    readonly alert?: AlertId;
    readonly service?: ServiceId;
    readonly range?: TimeRange;
    readonly limit: number;
  }): Promise<readonly AlertTransition[]>;
  incidents(filter: {
    readonly open?: boolean;
    readonly service?: ServiceId;
    readonly limit: number;
  }): Promise<readonly IncidentSummary[]>;
  incidentEvents(incident: IncidentId): Promise<readonly IncidentEvent[]>;
  deliveries(filter: {
    readonly incident?: IncidentId;
    readonly notifier?: string;
    readonly limit: number;
  }): Promise<readonly DeliveryRecord[]>;
  deadLetters(filter: {
    readonly state?: DeadLetter["state"];
    readonly limit: number;
  }): Promise<readonly DeadLetter[]>;
  markDeadLetter(key: string, state: DeadLetter["state"], by: string): Promise<boolean>;

  /** Makes partitions two days ahead, rolls up, drops what is past its retention. Safe to run twice at once. */
  housekeep(now: number, retention: Plan["retention"]): Promise<HousekeepingReport>;
}

export interface HousekeepingReport {
  readonly partitionsMade: number;
  readonly partitionsDropped: number;
  readonly bucketsRolledUp: number;
  readonly readings: number;
  readonly bytes: number;
}
