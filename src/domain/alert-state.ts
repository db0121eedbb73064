/** What a monitor remembers of one alert. An alert without a record is inactive, and its last verdict was good. */

import type { Coverage } from "./coverage.js";
import type { Severity } from "./severity.js";

export type AlertStateName = "inactive" | "pending" | "firing" | "recovering";

/** The timings a rule decides by, in milliseconds, beside those of its check. */
export interface RuleTiming {
  readonly forMs: number;
  readonly hold?: number | "until_ack";
  readonly recoverForMs: number;
  readonly recoverAfter: number;
  readonly minBad: number;
  readonly unknownForMs: number;
  readonly severity: Severity;
  readonly everyMs: number;
}

/** What lies over the base state and never deletes it. */
export interface Overlay {
  /** Since when nothing is known; absent while readings arrive. */
  readonly unknownSince?: number;
  readonly unknownReason?: string;
  /** Unknown because the check answers and does not report this subject any more: nobody is blind. */
  readonly absent?: true;
  /** The blind alert has been raised for this spell. */
  readonly blind?: true;
  /** Clocks stand still since then. */
  readonly pausedAt?: number;
}

/** One spell of trouble, from its first bad reading. */
export interface Spell {
  /** Time of the first bad reading. */
  readonly since: number;
  readonly lastGoodAt?: number;
  readonly bad: number;
  readonly lastBadAt: number;
  /** Time of the newest reading that was good or bad; older ones that arrive later are not counted. */
  readonly knownAt: number;
  readonly reason: string;
  /** The stamp of the sweep whose evidence the store keeps for `reason`. */
  readonly stamp: number;
  /** Time between known readings beyond what the interval explains, until it fired. */
  readonly blindMs: number;
}

export interface InactiveAlert extends Overlay {
  readonly state: "inactive";
  /** Released by hand: whatever is bad before then waits until then. */
  readonly quietUntil?: number;
  /** The good reading that ended the last spell: an older one that arrives later begins no new spell. Kept until the next good one. */
  readonly goodAt?: number;
}

export interface PendingAlert extends Overlay, Spell {
  readonly state: "pending";
  /** Where `for` counts from: the first bad reading, later by the time for which clocks stood still. */
  readonly countedFrom: number;
  readonly deadline: number;
  /** Released by hand before it was bad again: it does not fire earlier than this. */
  readonly quietUntil?: number;
  /** The deadline has passed and a fresh verdict decides. */
  readonly asked: boolean;
  /** The one grace for blind time has been given. */
  readonly graced: boolean;
  readonly coverage: Coverage;
}

/** What firing and recovering share: one episode. */
export interface Episode extends Overlay, Spell {
  /** Firing time in epoch seconds. */
  readonly episode: number;
  readonly firedAt: number;
  /** The highest its rule has had while it fired: configuration raises it and never lowers it. */
  readonly severity: Severity;
  readonly flaps: number;
  /** Event rules: from when the hold counts, which is the last bad reading, later by the time for which clocks stood still. */
  readonly heldFrom?: number;
  /** How long the check has been good without reporting this subject. */
  readonly absentMs?: number;
}

export interface FiringAlert extends Episode {
  readonly state: "firing";
}

export interface RecoveringAlert extends Episode {
  readonly state: "recovering";
  readonly goodSince: number;
  readonly goods: number;
  /** Known time since `goodSince`. */
  readonly knownMs: number;
  readonly deadline?: number;
  readonly asked: boolean;
}

export type AlertRecord = InactiveAlert | PendingAlert | FiringAlert | RecoveringAlert;

/** Why an episode ended, as messages word it. */
export type EndReason = "recovered" | "gone" | "released" | "hold over" | "rule deleted" | "check removed";

/** An edge of the alert, with the numbers it was decided on. */
export interface TransitionEffect {
  readonly effect: "transition";
  readonly from: AlertStateName;
  readonly to: AlertStateName;
  readonly at: number;
  readonly episode?: number;
  readonly reason: string;
  readonly end?: EndReason;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export type AlertEffect =
  | TransitionEffect
  /** Probe this check at once: a deadline has passed and only a fresh reading may decide. */
  | { readonly effect: "confirm" }
  /** Unknown for longer than `unknown_for`. */
  | { readonly effect: "blind"; readonly since: number; readonly reason: string }
  /** Known again after that. */
  | { readonly effect: "sighted" };

export interface AlertStep {
  /** Undefined: inactive with nothing to remember. */
  readonly alert: AlertRecord | undefined;
  readonly effects: readonly AlertEffect[];
}
