/**
 * What a sweep is asked and what it carries back, small enough for a history: alerts are named by their place in the monitor's
 * plan, only what is not good or was not good is listed, and a reason only when it changed (design section 4: 32 KB at most with
 * 500 checks all failing).
 */

import type { RevisionId } from "./ids.js";
import type { AlertKey, CheckKey, LaneKey, MonitorPlan } from "./monitor-plan.js";
import { indexPlan } from "./plan-index.js";
import type { Verdict } from "./reading.js";
import { cutReason, packReasons } from "./wire-reasons.js";

export { cutReason, MAX_REASON_LENGTH } from "./wire-reasons.js";

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

/** The place of one alert; who asks for many builds the index once. Undefined for an alert the plan does not have. */
export function placeOf(plan: MonitorPlan, alert: AlertKey): string | undefined {
  return indexPlan(plan).place(alert);
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

/** Encodes verdicts for a history. Good ones are left out unless the monitor knows the alert; known reasons are left out. */
export function encodeVerdicts(
  plan: MonitorPlan,
  known: SweepInput["known"],
  verdicts: readonly (SweepVerdict & { readonly reason: string })[],
): Pick<SweepResult, "verdicts" | "reasons"> {
  const index = indexPlan(plan);
  const nothingKnown = Object.keys(known).length === 0;
  const told = verdicts.flatMap(({ alert, verdict, ageMs, reason }) => {
    if (verdict === "good" && nothingKnown) return [];
    const place = index.place(alert);
    if (place === undefined || (verdict === "good" && known[place] === undefined)) return [];
    const text = verdict === "good" ? "" : cutReason(reason);
    const isNew = text !== "" && known[place] !== reasonFingerprint(text);
    return [
      { place, letter: LETTERS[verdict], age: Math.max(0, Math.round(ageMs)), text: isNew ? text : "" },
    ];
  });
  const { reasons, indexOf } = packReasons(told.map(({ text }) => text));
  const encoded = told.map(({ place, letter, age, text }): WireVerdict => {
    const at = indexOf.get(text);
    return at === undefined ? [place, letter, age] : [place, letter, age, at];
  });
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

/** The same verdicts for another plan: alerts that it does not have are left out. */
export function retarget(result: SweepResult, from: MonitorPlan, to: MonitorPlan): SweepResult {
  if (from === to) return result;
  const index = indexPlan(to);
  const verdicts = result.verdicts.flatMap((verdict): readonly WireVerdict[] => {
    const [place, letter, ageMs, reason] = verdict;
    const alert = alertAt(from, place);
    const there = alert === undefined ? undefined : index.place(alert);
    if (there === undefined) return [];
    return [reason === undefined ? [there, letter, ageMs] : [there, letter, ageMs, reason]];
  });
  return { ...result, verdicts };
}
