/** What a monitor workflow remembers: every alert that is not simply good, its lanes' clocks, its pauses, and what its incidents know. */

import type { AlertRecord, RuleTiming, TransitionEffect } from "./alert-state.js";
import type { EndedMember } from "./members.js";
import type { Severity } from "./severity.js";
import type { AlertKey, CheckKey, LaneKey, MonitorPlan } from "./monitor-plan.js";

export interface LaneClock {
  /** Ticks are at `anchor + k × interval`. */
  readonly anchor: number;
  readonly next: number;
  /** When the last sweep of the whole lane came back; absent until one has. */
  readonly sweptAt?: number;
  /** Every alert of the lane has been given the verdict unknown because no sweep came back. */
  readonly stale?: true;
  /** Of its last whole sweep: subjects that were not judged, and alerts that found no room. */
  readonly overflow?: number;
}

/** A pause over a service, a check, or (neither given) the whole system. */
export interface MonitorPause {
  readonly service?: string;
  readonly check?: string;
  readonly by: string;
  readonly at: number;
  readonly until: number;
  readonly reason?: string;
}

/** What the incident of one service has been told. */
export interface Telling {
  /** Its slice has changed since it was last told. */
  readonly dirty: boolean;
  /** Told of a slice that was not empty, and not yet of an empty one. */
  readonly known: boolean;
  /** When to tell it again although nothing changed; absent while the slice is empty. */
  readonly refreshAt?: number;
  readonly ended: readonly EndedMember[];
}

/** One cause of blindness that has been raised as an alert of its own. */
export interface Blindness {
  readonly raisedAt: number;
  readonly since: number;
  readonly reason: string;
  /** How many alerts it hides, and the highest severity among them. */
  readonly hidden: number;
  readonly severity: Severity;
  /** Released by hand: it is not told, and raised anew when it still hides alerts then. */
  readonly quietUntil?: number;
}

export interface MonitorState {
  readonly system: string;
  readonly alerts: Readonly<Record<AlertKey, AlertRecord>>;
  readonly lanes: Readonly<Record<LaneKey, LaneClock>>;
  readonly pauses: readonly MonitorPause[];
  readonly tellings: Readonly<Record<string, Telling>>;
  readonly blind: Readonly<Record<string, Blindness>>;
  /** Grows with every message to an incident. */
  readonly tellSeq: number;
  readonly commandIds: readonly string[];
  /** Checks for which the time of their lane's last sweep says nothing: it did not probe them. */
  readonly unswept: readonly CheckKey[];
}

export function newMonitor(system: string): MonitorState {
  return {
    system,
    alerts: {},
    lanes: {},
    pauses: [],
    tellings: {},
    blind: {},
    tellSeq: 0,
    commandIds: [],
    unswept: [],
  };
}

/** Alerts one monitor holds at most; what is beyond is one unknown alert that says so (design section 4). */
export const MAX_ALERTS = 2_000;

export type MonitorEffect =
  | { readonly effect: "confirm"; readonly alert: AlertKey }
  | {
      readonly effect: "transition";
      readonly alert: AlertKey;
      readonly transition: TransitionEffect;
      readonly rule: RuleTiming;
    };

export interface MonitorStep {
  readonly state: MonitorState;
  readonly effects: readonly MonitorEffect[];
}

/** What the lanes' last sweeps had no room for: at most {@link MAX_ALERTS} alerts are held, and so many subjects a check judged. */
export function overflowOf({ lanes }: Pick<MonitorState, "lanes">): number {
  return Object.values(lanes).reduce((sum, { overflow = 0 }) => sum + overflow, 0);
}

/** The timing of an alert's rule under this plan; undefined when the plan has no such rule any more. */
export function timingOf(plan: MonitorPlan, alert: AlertKey): RuleTiming | undefined {
  const [service = "", check = "", rule] = alert.split("/");
  const key = `${service}/${check}`;
  const found = plan.checks.find((each) => each.key === key)?.rules.find(({ name }) => name === rule);
  return found === undefined ? undefined : plan.timings[found.timing];
}
