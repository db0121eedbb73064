/** What activities need from the world, as ports: handed in by the composition root, replaced by small fakes in tests. */

import type { IncidentId, ServiceId } from "../src/domain/ids.js";
import type { Incoming } from "../src/checks/check-type.js";
import type { DoctorReport } from "../src/domain/doctor-report.js";
import type { MembersMessage } from "../src/domain/members.js";
import type { AttemptResult, MessageKind } from "../src/domain/message.js";
import type { Outcome } from "../src/domain/reading.js";
import type { ReadingEvaluator } from "../src/domain/reading-values.js";
import type { MessageSurroundings } from "../src/domain/compose-message.js";
import type { Plan } from "../src/domain/plan.js";
import type { IncidentMemo } from "../src/domain/incident-memo.js";
import type { Severity } from "../src/domain/severity.js";
import type { StoryBatch } from "../src/domain/story.js";
import type { Clock } from "../src/lib/clock.js";
import type { EgressGuard } from "../src/lib/egress.js";
import type { SecretResolver } from "../src/lib/secret.js";
import type { PlanSource } from "../src/store/plan-source.js";
import type { Store, StoredReading } from "../src/store/store.js";

/** The way to incident workflows. */
export interface Incidents {
  /** Signals the incident of a service; with `opening`, starts it when none runs. Without, one that is not there is success. */
  tell(service: ServiceId, message: MembersMessage, opening: IncidentMemo | undefined): Promise<void>;
}

/** A sweep that has ended. */
export interface EndedSweep {
  readonly system: string;
  readonly checks: number;
  readonly ms: number;
  /** From when it was scheduled, by the server's clock, to its begin by this worker's. */
  readonly lagMs: number;
  readonly outcomes: readonly Outcome[];
  /** Not all of its checks had answered. */
  readonly cut: boolean;
}

export interface ControlDependencies {
  readonly plans: PlanSource;
  readonly incidents: Incidents;
  readonly store: Store;
  readonly clock: Clock;
  /** The namespace knows Tocsin's search attributes. */
  readonly searchAttributes: () => boolean;
  readonly examine: () => Promise<DoctorReport>;
  /** Hears of every batch before it is written, each time that is tried, and of those that the store did not take. */
  readonly recording: (batch: StoryBatch) => void;
  readonly unrecorded: (batch: StoryBatch) => void;
}

export interface ProbeDependencies {
  readonly plans: PlanSource;
  readonly clock: Clock;
  readonly secrets: SecretResolver;
  readonly evaluator: ReadingEvaluator;
  readonly probeEgress: (plan: Plan) => EgressGuard;
  readonly incoming: Incoming;
  /** Takes readings without making anybody wait: late or refused ones are lost and counted. */
  readonly keepReadings: (readings: readonly StoredReading[]) => void;
  /** Hears of every sweep. */
  readonly swept: (sweep: EndedSweep) => void;
}

/** One attempt at one notifier, and how it ended. */
export interface EndedAttempt {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly kind: MessageKind;
  readonly n: number;
  readonly result: AttemptResult;
  readonly severity: Severity;
  readonly ms: number;
  /** When it was decided to tell this, and when the first of the alerts that are told fired: by the server's clock. */
  readonly decidedAt: number;
  readonly firedAt?: number;
  /** By this worker's clock. */
  readonly endedAt: number;
}

export interface DeliverDependencies {
  /** Hears of every attempt. */
  readonly attempted: (attempt: EndedAttempt) => void;
  readonly plans: Pick<PlanSource, "plan">;
  readonly clock: Clock;
  readonly secrets: SecretResolver;
  readonly notifierEgress: (plan: Plan, allowPrivate: boolean) => EgressGuard;
  readonly stdout: (line: string) => void;
  readonly surroundings: (service: ServiceId) => MessageSurroundings;
}
