/** What can happen to an alert. Every time is workflow time in epoch milliseconds. */

import type { Verdict } from "./reading.js";

export interface VerdictEvent {
  readonly kind: "verdict";
  readonly verdict: Verdict;
  /** When the probe ended. */
  readonly at: number;
  /** When the sweep was launched: only one begun at or after a deadline confirms it. */
  readonly begunAt: number;
  readonly now: number;
  readonly reason: string;
  readonly stamp: number;
  /** The newest good reading before this one, as far as the monitor knows. */
  readonly lastGoodAt?: number;
}

export type AlertEvent =
  | VerdictEvent
  | { readonly kind: "deadline"; readonly now: number }
  | { readonly kind: "acknowledged"; readonly episode: number; readonly now: number }
  | { readonly kind: "released"; readonly episode: number; readonly now: number }
  | { readonly kind: "removed"; readonly end: "rule deleted" | "check removed"; readonly now: number }
  /** The rule has been read anew; it may have other timings and another severity. */
  | { readonly kind: "configured"; readonly now: number }
  | { readonly kind: "paused"; readonly now: number }
  | { readonly kind: "resumed"; readonly now: number };
