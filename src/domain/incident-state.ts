/** What an incident workflow remembers: its conversations, and who said what about them. Plain JSON, carried over continue-as-new. */

import type { AlertId, IncidentId, RevisionId, ServiceId } from "./ids.js";
import type { Ladder, LadderSeverity } from "./ladder.js";
import type { Lane } from "./lane.js";
import type { EndedMember, Member } from "./members.js";
import type { AttemptResult, MessageKind } from "./message.js";
import type { PolicyPlan } from "./plan.js";
import type { Severity } from "./severity.js";

/** Somebody has it. Covers the rules present when it was said, or the alerts it names. */
export interface Acknowledgement {
  readonly by: string;
  readonly at: number;
  readonly note?: string;
  readonly until: number;
  /** `until` is the policy's `ack_timeout`, which counts for what is critical alone. */
  readonly byPolicy: boolean;
  /** How bad everything it covers was then, by `<check>/<rule>` for a whole acknowledgement, by alert id for a partial one. */
  readonly covers: Readonly<Record<string, Severity>>;
  readonly partial: boolean;
  readonly severity: Severity;
}

export interface Pause {
  readonly by: string;
  readonly at: number;
  readonly until: number;
  readonly reason?: string;
}

/** One incident id: from the first member to the last end told. */
export interface Conversation {
  readonly id: IncidentId;
  readonly openedAt: number;
  /** Whose settings it was opened under; ends go out under the same. */
  readonly revision: RevisionId;
  /** The newest revision a monitor has spoken under: texts are taken from it. */
  readonly textRevision: RevisionId;
  /** Absent until the activity that reads it has answered. */
  readonly policy?: PolicyPlan;
  readonly members: readonly Member[];
  /** Firing alerts beyond those listed. */
  readonly more: number;
  /** How many of those may be critical, because their list ends in something critical; the others are at most warnings. */
  readonly moreCritical: number;
  /** Newest last, at most {@link MAX_ENDED}. */
  readonly ended: readonly EndedMember[];
  /** Every rule that has ever been a member. */
  readonly rules: readonly string[];
  readonly acknowledgement?: Acknowledgement;
  readonly pause?: Pause;
  readonly ladders: Partial<Readonly<Record<LadderSeverity, Ladder>>>;
  readonly lanes: readonly Lane[];
  /** Facts a reader must know: why it reopened, what was held. */
  readonly notes: readonly string[];
  readonly endedAt?: number;
  readonly closed?: true;
}

/** Ended members kept for the texts of a conversation. */
export const MAX_ENDED = 50;

/** One monitor's slice, as last received. */
export interface Slice {
  readonly seq: number;
  readonly members: readonly Member[];
  readonly more: number;
}

export interface IncidentState {
  readonly service: ServiceId;
  readonly slices: Readonly<Record<string, Slice>>;
  /** Oldest first; only the last one may still be open. */
  readonly conversations: readonly Conversation[];
  /** Ids of the newest commands; a repeated one is ignored. */
  readonly commandIds: readonly string[];
}

export interface IncidentLog {
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** What the incident asks its workflow to do. */
export type IncidentEffect =
  | { readonly effect: "log"; readonly incident: IncidentId; readonly log: IncidentLog }
  | {
      readonly effect: "delivery";
      readonly incident: IncidentId;
      readonly notifier: string;
      readonly n: number;
      readonly kind: MessageKind;
      readonly attempt: number;
      readonly result: AttemptResult["result"] | "superseded" | "dead" | "held";
      readonly reason?: string;
    }
  | {
      readonly effect: "tell-monitor";
      readonly name: "released" | "acknowledged";
      readonly monitor: string;
      readonly alerts: readonly { readonly alert: AlertId; readonly episode: number }[];
      /** Every firing alert of the service, also those beyond the list. */
      readonly all: boolean;
    };

export interface IncidentStep {
  readonly state: IncidentState;
  readonly effects: readonly IncidentEffect[];
}
