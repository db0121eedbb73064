/**
 * What a sweep is asked and what it carries back, small enough for a history: alerts are named by their place in the monitor's
 * plan, only what is not good or was not good is listed, and a reason only when it changed (design section 4: 32 KB at most with
 * 500 checks all failing).
 */

import type { RevisionId } from "./ids.js";
import type { AlertKey, CheckKey, LaneKey, MonitorPlan } from "./monitor-plan.js";
import type { Verdict } from "./reading.js";

export interface SweepInput {
  readonly system: string;
  readonly shard: number;
  readonly revision: RevisionId;
  readonly lane: LaneKey;
  /** Probe only these checks; absent: all of the lane. */
  readonly only?: readonly CheckKey[];
  /** Paused checks. */
  readonly skip?: readonly CheckKey[];
  /** Place of every alert that is not inactive-and-good, with the fingerprint of the reason the monitor knows. */
  readonly known: Readonly<Record<string, string>>;
}

/** `[place, verdict, age in ms, reason?]`: `b`ad, `g`ood, `u`nknown, `x` absent; `reason` indexes `SweepResult.reasons`. */
export type WireVerdict =
  readonly [string, "b" | "g" | "u" | "x", number] | readonly [string, "b" | "g" | "u" | "x", number, number];

export interface SweepResult {
  /** The worker's clock when it began, epoch ms: names the evidence in the store, never compared with workflow time. */
  readonly stamp: number;
  readonly ms: number;
  readonly checks: number;
  readonly verdicts: readonly WireVerdict[];
  readonly reasons: readonly string[];
  /** Subjects beyond the limit that were not judged. */
  readonly overflow?: number;
  /** Why the sweep was cut short, if it was. */
  readonly cut?: string;
}

/** One verdict as the monitor folds it. */
export interface SweepVerdict {
  readonly alert: AlertKey;
  readonly verdict: Verdict;
  readonly ageMs: number;
  /** Absent: the same as the monitor knows. */
  readonly reason?: string;
}

const LETTERS = { bad: "b", good: "g", unknown: "u", absent: "x" } as const satisfies Record<Verdict, string>;
const VERDICTS = { b: "bad", g: "good", u: "unknown", x: "absent" } as const satisfies Record<
  string,
  Verdict
>;

/** The longest text a reason may have in a history; all of it is in the store. */
export const MAX_REASON_LENGTH = 120;
/** What all reasons of one sweep may take, in characters. */
const REASONS_BUDGET = 16_000;

/** `<check index>.<rule index>` or `….<rule index>/<subject>`; undefined for an alert the plan does not have. */
export function placeOf(plan: MonitorPlan, alert: AlertKey): string | undefined {
  const [service, check, rule, subject] = alert.split("/");
  const c = plan.checks.findIndex(({ key }) => key === `${service ?? ""}/${check ?? ""}`);
  const r = plan.checks[c]?.rules.findIndex(({ name }) => name === rule) ?? -1;
  if (r < 0) return undefined;
  return subject === undefined ? `${c}.${r}` : `${c}.${r}/${subject}`;
}

/** The alert at a place; undefined for a place the plan does not have. */
export function alertAt(plan: MonitorPlan, place: string): AlertKey | undefined {
  const slash = place.indexOf("/");
  const [c, r] = (slash < 0 ? place : place.slice(0, slash)).split(".").map(Number);
  const check = plan.checks[c ?? -1];
  const rule = check?.rules[r ?? -1];
  if (check === undefined || rule === undefined) return undefined;
  const base = `${check.key}/${rule.name}`;
  return slash < 0 ? base : `${base}${place.slice(slash)}`;
}

/** Two reasons with one fingerprint tell a person the same: measured times do not count. 32-bit FNV-1a, base 36. */
export function reasonFingerprint(reason: string): string {
  const text = reason.replace(/\d+(\.\d+)?(?= ?(ms|s|days?)\b)/g, "#");
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(36);
}

export function cutReason(reason: string, length = MAX_REASON_LENGTH): string {
  const points = Array.from(reason.replace(/\s+/g, " ").trim());
  return points.length <= length ? points.join("") : `${points.slice(0, length - 1).join("")}…`;
}

/** Encodes verdicts for a history. Good ones are left out unless the monitor knows the alert; known reasons are left out. */
export function encodeVerdicts(
  plan: MonitorPlan,
  known: SweepInput["known"],
  verdicts: readonly (SweepVerdict & { readonly reason: string })[],
): Pick<SweepResult, "verdicts" | "reasons"> {
  const reasons: string[] = [];
  const index = new Map<string, number>();
  let budget = REASONS_BUDGET;
  const encoded: WireVerdict[] = [];
  const nothingKnown = Object.keys(known).length === 0;
  for (const { alert, verdict, ageMs, reason } of verdicts) {
    if (verdict === "good" && nothingKnown) continue;
    const place = placeOf(plan, alert);
    if (place === undefined || (verdict === "good" && known[place] === undefined)) continue;
    const letter = LETTERS[verdict];
    const age = Math.max(0, Math.round(ageMs));
    const text = cutReason(reason);
    if (verdict === "good" || known[place] === reasonFingerprint(text) || text === "") {
      encoded.push([place, letter, age]);
      continue;
    }
    let at = index.get(text);
    if (at === undefined && budget > 0) {
      at = reasons.push(cutReason(text, Math.max(20, Math.min(MAX_REASON_LENGTH, budget)))) - 1;
      index.set(text, at);
      budget -= text.length;
    }
    encoded.push(at === undefined ? [place, letter, age] : [place, letter, age, at]);
  }
  return { verdicts: encoded, reasons };
}

export function decodeVerdicts(plan: MonitorPlan, result: SweepResult): readonly SweepVerdict[] {
  return result.verdicts.flatMap(([place, letter, ageMs, at]) => {
    const alert = alertAt(plan, place);
    if (alert === undefined) return [];
    const reason = at === undefined ? undefined : result.reasons[at];
    return [{ alert, verdict: VERDICTS[letter], ageMs, ...(reason === undefined ? {} : { reason }) }];
  });
}
