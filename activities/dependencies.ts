/** What activities need from the world, as ports: handed in by the composition root, replaced by small fakes in tests. */

import type { IncidentId, ServiceId } from "../src/domain/ids.js";
import type { Incoming } from "../src/checks/check-type.js";
import type { DoctorReport } from "../src/domain/doctor-report.js";
import type { MembersMessage } from "../src/domain/members.js";
import type { AttemptResult, MessageKind } from "../src/domain/message.js";
import type { ReadingEvaluator } from "../src/domain/reading-values.js";
import type { MessageSurroundings } from "../src/domain/compose-message.js";
import type { Plan } from "../src/domain/plan.js";
import type { IncidentMemo } from "../src/domain/incident-memo.js";
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

export interface SweepCounts {
  /** A sweep has ended: how many checks it made and how long it took. */
  swept(checks: number, ms: number): void;
}

export interface ControlDependencies {
  readonly plans: PlanSource;
  readonly incidents: Incidents;
  readonly store: Store;
  readonly clock: Clock;
  /** The namespace knows Tocsin's search attributes. */
  readonly searchAttributes: () => boolean;
  readonly examine: () => Promise<DoctorReport>;
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
  readonly counts: SweepCounts;
}

/** One attempt at one notifier, and how it ended. */
export interface EndedAttempt {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly kind: MessageKind;
  readonly n: number;
  readonly result: AttemptResult;
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
