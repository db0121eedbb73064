/** What is told to a person or a machine about one incident, before any notifier has put it into its own words. */

import type { AlertId, IncidentId, RevisionId } from "./ids.js";
import type { Severity } from "./severity.js";

export const MESSAGE_KINDS = [
  "firing",
  "updated",
  "escalated",
  "repeated",
  "acknowledged",
  "resolved",
] as const;
/** Why a notifier hears something. `escalated`: it is told first by a later step or by a person's command. */
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** One alert of the incident as the message shows it; all times in epoch milliseconds. */
export interface MessageAlert {
  readonly id: AlertId;
  /** Firing time in epoch seconds: which time this alert fires. */
  readonly episode: number;
  readonly state: "firing" | "recovering" | "resolved";
  readonly severity: Severity;
  readonly summary: string;
  /** One line: what the last bad reading said. */
  readonly reason: string;
  /** First bad reading of this spell. */
  readonly since: number;
  readonly lastGoodAt?: number;
  readonly firedAt: number;
  readonly resolvedAt?: number;
  /** Why it ended: recovered, gone, released by a person, rule deleted. */
  readonly endReason?: string;
  readonly readingsBad: number;
  /** Set while the alert fires and nothing is known of it since then. */
  readonly unknownSince?: number;
  readonly unknownReason?: string;
  /** Nobody is blind: its check answers and does not report this subject any more. */
  readonly absent?: true;
  /** How long nothing was known before it fired, when that mattered. */
  readonly blindMs?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly runbook?: string;
  readonly owner?: string;
}

export interface Message {
  /** `<incident id>/<notifier>/<n>`: the same over every retry of the same content. */
  readonly key: string;
  readonly kind: MessageKind;
  readonly incident: IncidentId;
  readonly n: number;
  /** It asks somebody to act now; else it is news of what somebody has been asked to act upon. */
  readonly page: boolean;
  /**
   * From 1. Grows when what this notifier heard as acknowledged must page again: a receiver that stays silent about what it has as
   * acknowledged needs another key then. The end is that of all rounds up to this one.
   */
  readonly round: number;
  /** Workflow time of the decision to speak, epoch milliseconds. */
  readonly decidedAt: number;
  readonly state: "open" | "ended";
  /** Highest severity of the members; of what ended, when none is left. */
  readonly severity: Severity;
  /** Why this is said now, one line. */
  readonly reason: string;
  /** Worst first; at most 50. */
  readonly alerts: readonly MessageAlert[];
  /** Members beyond those in `alerts`. */
  readonly more: number;
  readonly acknowledged?: { readonly by: string; readonly at: number; readonly until?: number };
  readonly paused?: { readonly by: string; readonly until: number };
  readonly nextStep?: { readonly at: number; readonly notify: readonly string[] };
  /** Held, blind or fail-open facts a reader must know. */
  readonly notes: readonly string[];
  /** Ready to paste. */
  readonly ackCommand: string;
  /** Name to address: Temporal UI page, runbook, console. */
  readonly links: Readonly<Record<string, string>>;
  readonly revision: RevisionId;
}

/** Longest receipt that is remembered, in UTF-16 units: it lives in the workflow's state. */
export const MAX_RECEIPT_LENGTH = 300;

/**
 * How one attempt at one notifier ended. `ambiguous`: it may have arrived; retried with the same key. `receipt` names what the
 * provider made of it, no secret; later attempts are given it, and must do without: it is lost where an answer is.
 */
export type AttemptResult =
  | {
      readonly result: "accepted";
      readonly detail?: string;
      /** It was told, and not all is well: a recipient that was refused, a peer that is away. One line, kept with the delivery. */
      readonly remark?: string;
      readonly receipt?: string;
      /** The receiver forgets it unless it is told again after so long, milliseconds; absent: it remembers until the end. */
      readonly resendAfterMs?: number;
    }
  | { readonly result: "retry"; readonly reason: string; readonly afterMs?: number }
  | { readonly result: "ambiguous"; readonly reason: string }
  | { readonly result: "rejected"; readonly reason: string };
