/** The clock of one severity's escalation (lifecycle 6): steps, loops, the fallback once, then repeats. Pure. */

import type { PolicyPlan, PolicyStep } from "./plan.js";

/** The pause between loops when the first step gives none. */
const DEFAULT_AFTER_MS = 5 * 60_000;

export type LadderSeverity = "critical" | "warning";

/** What the ladder does next. `step` counts from 0, `loop` from 1. */
export interface Rung {
  readonly what: "step" | "fallback" | "repeat";
  readonly at: number;
  readonly step: number;
  readonly loop: number;
  /** What brought it on, where it was not time alone: an acknowledgement that ended, a person. */
  readonly why?: string;
}

export interface Ladder {
  readonly next?: Rung;
  /** Stands still with so much left until the next rung. */
  readonly frozenMs?: number;
  /** Whom the last rung told. */
  readonly asked?: readonly string[];
}

/** A rung that has been reached: who is told now. */
export interface Reached {
  readonly rung: Rung;
  readonly notify: readonly string[];
}

export function startLadder(policy: PolicyPlan, severity: LadderSeverity, now: number): Ladder {
  const [first] = policy[severity];
  if (first === undefined) return {};
  return { next: { what: "step", at: now + policy.groupWaitMs[severity] + first.afterMs, step: 0, loop: 1 } };
}

/** Again from the bottom, at once: after an acknowledgement that ended or a severity that rose. */
export function restartLadder(
  policy: PolicyPlan,
  severity: LadderSeverity,
  now: number,
  why?: string,
): Ladder {
  if (policy[severity].length === 0) return {};
  return { next: { what: "step", at: now, step: 0, loop: 1, ...(why === undefined ? {} : { why }) } };
}

/**
 * At most one rung, and what comes after counts from now: after a time in which nothing ran, people are told one step after the
 * other and not all at once.
 */
export function climb(
  ladder: Ladder,
  policy: PolicyPlan,
  severity: LadderSeverity,
  now: number,
): { readonly ladder: Ladder; readonly reached?: Reached } {
  const rung = ladder.next;
  if (rung === undefined || ladder.frozenMs !== undefined || now < rung.at) return { ladder };
  const next = rungAfter(rung, policy, severity, now);
  const notify = notifiersOf(rung, policy, severity);
  return { ladder: { ...(next === undefined ? {} : { next }), asked: notify }, reached: { rung, notify } };
}

/** The rung at hand without waiting for its time: a person escalates. */
export function hurry(ladder: Ladder, now: number, why: string): Ladder {
  return ladder.next === undefined ? ladder : { next: { ...ladder.next, at: now, why } };
}

export function freeze(ladder: Ladder, now: number): Ladder {
  if (ladder.next === undefined || ladder.frozenMs !== undefined) return ladder;
  return { ...ladder, frozenMs: Math.max(0, ladder.next.at - now) };
}

export function thaw(ladder: Ladder, now: number): Ladder {
  const { next, frozenMs, ...rest } = ladder;
  return next === undefined || frozenMs === undefined
    ? ladder
    : { ...rest, next: { ...next, at: now + frozenMs } };
}

/** When it wants to be climbed next; undefined while it stands still or is done. */
export function ladderDue(ladder: Ladder): number | undefined {
  return ladder.frozenMs === undefined ? ladder.next?.at : undefined;
}

export function notifiersOf(rung: Rung, policy: PolicyPlan, severity: LadderSeverity): readonly string[] {
  const steps = policy[severity];
  switch (rung.what) {
    case "step":
      return steps[rung.step]?.notify ?? [];
    case "fallback":
      return policy.fallback;
    case "repeat":
      return [...new Set(steps.flatMap((step) => step.notify))];
  }
}

function rungAfter(rung: Rung, policy: PolicyPlan, severity: LadderSeverity, now: number): Rung | undefined {
  const steps = policy[severity];
  const repeat: Rung = { what: "repeat", at: now + policy.repeatMs[severity], step: 0, loop: rung.loop };
  if (rung.what !== "step") return repeat;
  const following = steps[rung.step + 1];
  if (following !== undefined) {
    return { what: "step", at: now + following.afterMs, step: rung.step + 1, loop: rung.loop };
  }
  const loops = severity === "critical" ? policy.loops : 1;
  const againMs = betweenLoopsMs(steps[0]);
  if (rung.loop < loops) return { what: "step", at: now + againMs, step: 0, loop: rung.loop + 1 };
  const hasFallback = severity === "critical" && policy.fallback.length > 0;
  return hasFallback ? { what: "fallback", at: now + againMs, step: 0, loop: rung.loop } : repeat;
}

function betweenLoopsMs(first: PolicyStep | undefined): number {
  return first !== undefined && first.afterMs > 0 ? first.afterMs : DEFAULT_AFTER_MS;
}
