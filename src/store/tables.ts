/** The columns of every table, as the query builder types them. Instants of partitioned tables: `instant.ts`. */

import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { AlertStateName } from "../domain/alert-state.js";
import type { AlertId, CheckId, IncidentId, RevisionId, ServiceId } from "../domain/ids.js";
import type { PingKind } from "../domain/heartbeat.js";
import type { MessageKind } from "../domain/message.js";
import type { Plan } from "../domain/plan.js";
import type { Severity } from "../domain/severity.js";
import type { DeliveryRecord, Facts } from "../domain/story.js";
import type { Scope } from "../domain/token.js";
import type { DeadLetter } from "./store.js";

/** Read as epoch milliseconds, written as a Date. */
type Time = ColumnType<number, Date, Date>;
type OptionalTime = ColumnType<number | null, Date | null, Date | null>;
/** Written as JSON text. */
type Json<T> = ColumnType<T, string, string>;

interface ReadingColumns {
  readonly ms: number;
  readonly series: number;
  readonly latency: number | null;
  readonly day: number;
  readonly outcome: number;
  readonly fields: ColumnType<Readonly<Record<string, number>> | null, string | null, never>;
}

interface EvidenceColumns extends ReadingColumns {
  readonly body: Json<EvidenceBody>;
}

export interface EvidenceBody {
  readonly reason?: string;
  readonly text?: string;
  readonly phases?: Readonly<Record<string, number>>;
}

export interface RollupColumns {
  readonly latency_sum: number;
  readonly series: number;
  readonly latency_max: number | null;
  readonly day: number;
  readonly slot: number;
  readonly good: number;
  readonly degraded: number;
  readonly bad: number;
  readonly unknown: number;
  readonly timed: number;
}

interface SeriesColumns {
  readonly id: GeneratedAlways<number>;
  readonly check_id: CheckId;
  readonly subject: string | null;
  readonly seen_day: number;
}

interface StoryColumns {
  readonly workflow_id: string;
  readonly at: Time;
  readonly seq: number;
}

interface TransitionColumns extends StoryColumns {
  readonly alert: AlertId;
  readonly service: ServiceId;
  readonly from_state: AlertStateName;
  readonly to_state: AlertStateName;
  readonly episode: number | null;
  readonly severity: Severity;
  readonly reason: string;
  readonly facts: Json<Facts>;
}

interface IncidentEventColumns extends StoryColumns {
  readonly incident: IncidentId;
  readonly kind: string;
  readonly by_whom: string | null;
  readonly text: string;
  readonly facts: Json<Facts>;
}

interface IncidentColumns {
  readonly id: IncidentId;
  readonly service: ServiceId;
  readonly opened_at: Time;
  readonly ended_at: OptionalTime;
  readonly closed_at: OptionalTime;
  readonly severity: Severity;
  readonly last_event: string;
  readonly last_event_at: Time;
}

interface DeliveryColumns extends StoryColumns {
  readonly key: string;
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly kind: MessageKind;
  readonly attempt: number;
  readonly result: DeliveryRecord["result"];
  readonly reason: string | null;
}

interface DeadLetterColumns {
  readonly key: string;
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly kind: MessageKind;
  readonly at: Time;
  readonly attempts: number;
  readonly reason: string;
  readonly state: DeadLetter["state"];
  readonly marked_at: OptionalTime;
  readonly marked_by: string | null;
}

interface RevisionColumns {
  readonly id: RevisionId;
  readonly applied_at: Time;
  readonly applied_by: string;
  readonly plan: Json<Plan>;
}

interface TokenColumns {
  readonly id: string;
  readonly hash: string;
  readonly name: string;
  readonly scopes: Scope[];
  readonly ping_check: CheckId | null;
  readonly created_at: Generated<number>;
  readonly created_by: string;
  readonly last_used_at: Generated<number | null>;
  readonly expires_at: OptionalTime;
  readonly revoked_at: Generated<number | null>;
}

interface AuditColumns {
  readonly id: GeneratedAlways<number>;
  readonly at: Generated<number>;
  readonly by_whom: string;
  readonly what: string;
  readonly target: string;
  readonly facts: Json<Facts>;
}

interface PingColumns {
  readonly id: GeneratedAlways<number>;
  readonly at: Generated<number>;
  readonly check_id: CheckId;
  readonly kind: PingKind;
  readonly exit_code: number | null;
  readonly body: string | null;
  readonly source: string | null;
}

export interface Tables {
  readonly "tocsin.revisions": RevisionColumns;
  readonly "tocsin.series": SeriesColumns;
  readonly "tocsin.readings": ReadingColumns;
  readonly "tocsin.evidence": EvidenceColumns;
  readonly "tocsin.rollups_5m": RollupColumns;
  readonly "tocsin.rollups_1h": RollupColumns;
  readonly "tocsin.rollup_marks": { readonly rollup: string; readonly up_to: Time };
  readonly "tocsin.late_buckets": { readonly day: number; readonly slot: number };
  readonly "tocsin.alert_transitions": TransitionColumns;
  readonly "tocsin.incident_events": IncidentEventColumns;
  readonly "tocsin.incidents": IncidentColumns;
  readonly "tocsin.deliveries": DeliveryColumns;
  readonly "tocsin.dead_letters": DeadLetterColumns;
  readonly "tocsin.tokens": TokenColumns;
  readonly "tocsin.audit": AuditColumns;
  readonly "tocsin.pings": PingColumns;
  readonly "tocsin.migrations": { readonly name: string; readonly timestamp: string };
  readonly "tocsin.migration_checksums": { readonly name: string; readonly sha256: string };
}
