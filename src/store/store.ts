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
import type { IncomingStore } from "./incoming.js";

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
  /** Kept only for readings whose story changed: not good, or good after not good. Such a reading outlives the raw ones. */
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
  /** Set while it has no members: the end is being told, or has been. */
  readonly endedAt?: number;
  /** Set once everybody was told and its workflow has returned. */
  readonly closedAt?: number;
  /** The highest that any event named in `facts.severity`; `warning` when none did. */
  readonly severity: Severity;
  /** Kind of its last event. */
  readonly lastEvent: string;
  readonly lastEventAt: number;
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

/** Epoch milliseconds; `from` belongs to it, `to` does not. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Five minutes or one hour. */
export type RollupStep = 300_000 | 3_600_000;

export interface TransitionFilter {
  readonly alert?: AlertId;
  readonly service?: ServiceId;
  readonly range?: TimeRange;
  readonly limit: number;
}

export interface IncidentFilter {
  /** True: only those with members. */
  readonly open?: boolean;
  readonly service?: ServiceId;
  /** Only what comes after this one. */
  readonly after?: Pick<IncidentSummary, "openedAt" | "incident">;
  readonly limit: number;
}

export interface DeliveryFilter {
  readonly incident?: IncidentId;
  readonly notifier?: string;
  readonly limit: number;
}

export interface DeadLetterFilter {
  readonly state?: DeadLetter["state"];
  /** Only what comes after this one. */
  readonly after?: Pick<DeadLetter, "at" | "key">;
  readonly limit: number;
}

/** Every method rejects with a `TocsinError` STO-…; `isStoreAway` tells those apart that will pass. */
export interface Store extends IncomingStore {
  /** Brings the schema up to date. Rejects with STO-… when the server is too old or the schema is newer than this program. */
  migrate(): Promise<void>;
  close(): Promise<void>;
  /** Round trip in milliseconds; rejects when the store is away. */
  ping(): Promise<number>;

  saveRevision(revision: StoredRevision): Promise<void>;
  revision(id: RevisionId): Promise<StoredRevision | undefined>;
  /** The one applied last. */
  currentRevision(): Promise<StoredRevision | undefined>;

  /**
   * One batch per sweep, one transaction, not waited for on disk: a crash of the server may lose the last half second. The
   * same batch again, told by its checks, subjects and times, adds nothing.
   */
  recordReadings(readings: readonly StoredReading[]): Promise<void>;
  /** Idempotent by workflow id, time and sequence; one transaction, on disk when it resolves. */
  recordStory(batch: StoryBatch): Promise<void>;

  /** The newest `limit` readings of a check and all its subjects within the range, oldest first. */
  readings(check: CheckId, range: TimeRange, limit: number): Promise<readonly StoredReading[]>;
  /** The newest of all checks, newest first. */
  lastReadings(limit: number): Promise<readonly StoredReading[]>;
  /** Buckets that begin in the range, and the one around its start; oldest first, up to now. By default 5 minutes for up to two days. */
  rollups(check: CheckId, range: TimeRange, stepMs?: RollupStep): Promise<readonly RollupRow[]>;
  /** Newest first, as all of the following but `incidentEvents`. */
  transitions(filter: TransitionFilter): Promise<readonly AlertTransition[]>;
  incidents(filter: IncidentFilter): Promise<readonly IncidentSummary[]>;
  /** Oldest first. */
  incidentEvents(incident: IncidentId): Promise<readonly IncidentEvent[]>;
  deliveries(filter: DeliveryFilter): Promise<readonly DeliveryRecord[]>;
  deadLetters(filter: DeadLetterFilter): Promise<readonly DeadLetter[]>;
  /** True when there is such a dead letter and this changed its state. */
  markDeadLetter(key: string, state: DeadLetter["state"], by: string): Promise<boolean>;

  /** Makes partitions two days ahead, rolls up, drops what is past its retention. Safe to run twice at once. */
  housekeep(now: number, retention: Plan["retention"]): Promise<HousekeepingReport>;
}

export interface HousekeepingReport {
  readonly partitionsMade: number;
  readonly partitionsDropped: number;
  /** Rows written to the five-minute and hourly rollups. */
  readonly bucketsRolledUp: number;
  /** Raw readings kept, estimated. */
  readonly readings: number;
  /** All of the store on disk, indexes too. */
  readonly bytes: number;
}
