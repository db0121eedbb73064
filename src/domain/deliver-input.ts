/** What an incident hands to an attempt: facts only; the texts are put to them where it is sent. */

import type { IncidentId, RevisionId } from "./ids.js";
import type { EndedMember, Member } from "./members.js";
import type { Message, MessageKind } from "./message.js";
import type { Severity } from "./severity.js";

/** One message to one notifier, in facts; texts come from the plan where it is sent. */
export interface DeliverInput {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly kind: MessageKind;
  readonly reason: string;
  readonly decidedAt: number;
  readonly state: "open" | "ended";
  readonly severity: Severity;
  /** The revision whose notifier settings are used. */
  readonly revision: RevisionId;
  /** The revision whose texts are used. */
  readonly textRevision: RevisionId;
  readonly members: readonly Member[];
  readonly ended: readonly EndedMember[];
  readonly more: number;
  readonly acknowledged?: Message["acknowledged"];
  readonly paused?: Message["paused"];
  readonly nextStep?: Message["nextStep"];
  readonly notes: readonly string[];
}
