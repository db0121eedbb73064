/** What running monitors and incidents answer when they are asked: the plain JSON of their `status`, `why` and `timeline` queries. */

import type { AlertRecord, RuleTiming } from "../domain/alert-state.js";
import type { AlertId, IncidentId, RevisionId, ServiceId } from "../domain/ids.js";
import type { Acknowledgement, Pause } from "../domain/incident-state.js";
import type { Ladder, LadderSeverity } from "../domain/ladder.js";
import type { Lane } from "../domain/lane.js";
import type { EndedMember, Member } from "../domain/members.js";
import type { LanePlan } from "../domain/monitor-plan.js";
import type { Blindness, LaneClock, MonitorPause } from "../domain/monitor-state.js";
import type { Severity } from "../domain/severity.js";

export type LiveAlert = AlertRecord & { readonly alert: AlertId; readonly severity?: Severity };

/** A lane's plan with its clock; the clock is absent until the monitor has taken its plan. */
export type LiveLane = LanePlan & Partial<LaneClock>;

export interface MonitorStatus {
  readonly system: string;
  readonly shard: number;
  readonly revision: RevisionId;
  /** What it has been told to take and has not read yet; an entry without a revision is the one applied last. */
  readonly wanted: readonly { readonly revision?: RevisionId }[];
  readonly state: "firing" | "blind" | "pending" | "unknown" | "good";
  readonly openAlerts: number;
  readonly severity?: Severity;
  readonly checks: number;
  readonly lanes: readonly LiveLane[];
  /** Those that are not simply good. */
  readonly alerts: readonly LiveAlert[];
  readonly pauses: readonly MonitorPause[];
  readonly blind: Readonly<Record<string, Blindness>>;
  readonly overflow: number;
  readonly rowsWaiting: number;
  /** Rows that found no room while the store was away; a worker of an earlier version does not say. */
  readonly rowsDropped?: number;
}

/** One alert with the clocks it is decided by. */
export interface LiveGuards {
  readonly alert: AlertId;
  readonly record: AlertRecord;
  readonly rule?: RuleTiming;
  readonly deadline?: number;
  readonly remainingMs?: number;
  /** Share of the expected readings that are known; only while pending. */
  readonly coverage?: number;
}

export interface LiveConversation {
  readonly id: IncidentId;
  /** Whose policy and notifier settings it speaks under. */
  readonly revision: RevisionId;
  readonly openedAt: number;
  readonly endedAt?: number;
  readonly closed: boolean;
  readonly state: "open" | "acknowledged" | "paused" | "ended" | "closed";
  readonly members: readonly Member[];
  readonly more: number;
  readonly ended: readonly EndedMember[];
  /** `until` only while it will end by itself. */
  readonly acknowledgement?: Omit<Acknowledgement, "until"> & { readonly until?: number };
  readonly pause?: Pause;
  readonly ladders: Partial<Readonly<Record<LadderSeverity, Ladder>>>;
  readonly next?: { readonly at: number; readonly notify: readonly string[] };
  readonly lanes: readonly Lane[];
  readonly notes: readonly string[];
}

export interface IncidentStatus {
  readonly service: ServiceId;
  readonly state: LiveConversation["state"];
  readonly openAlerts: number;
  readonly severity?: Severity;
  /** Oldest first; only the last one may still be open. */
  readonly conversations: readonly LiveConversation[];
  readonly rowsWaiting: number;
}

export interface LiveTimelineEntry {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
}
