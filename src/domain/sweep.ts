/**
 * What a sweep is asked and what it carries back, small enough for a history: alerts are named by their place in the monitor's
 * plan, only what is not good or was not good is listed, and a reason only when it changed (design section 4: 32 KB at most with
 * 500 checks all failing).
 */

import type { RevisionId } from "./ids.js";
import type { AlertKey, CheckKey, LaneKey, MonitorPlan } from "./monitor-plan.js";
import { indexPlan } from "./plan-index.js";
import type { Verdict } from "./reading.js";
import { whatFits } from "./sweep-room.js";
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

/**
 * `[place, verdict, age in ms, reason?]`: `b`ad, `g`ood, `u`nknown, `x` absent; `reason` indexes `SweepResult.reasons`. What the
 * monitor knows is named by its number in `SweepInput.known`.
 */
export type WireVerdict =
  | readonly [string | number, "b" | "g" | "u" | "x", number]
  | readonly [string | number, "b" | "g" | "u" | "x", number, number];

export interface SweepResult {
  /** The worker's clock when it began, epoch ms: names the evidence in the store, never compared with workflow time. */
  readonly stamp: number;
  readonly ms: number;
  readonly checks: number;
  readonly verdicts: readonly WireVerdict[];
  readonly reasons: readonly string[];
  /** Subjects beyond the limit that were not judged, and alerts that found no room here. */
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

/**
 * Encodes verdicts for a history. Good ones are left out unless the monitor knows the alert; known reasons are left out, and what
 * finds no room is counted.
 */
export function encodeVerdicts(
  plan: MonitorPlan,
  known: SweepInput["known"],
  verdicts: readonly (SweepVerdict & { readonly reason: string })[],
): Pick<SweepResult, "verdicts" | "reasons" | "overflow"> {
  const index = indexPlan(plan);
  const numbers = new Map(Object.keys(known).map((place, number) => [place, number]));
  const seen = verdicts.flatMap(({ alert, verdict, ageMs, reason }) => {
    if (verdict === "good" && numbers.size === 0) return [];
    const place = index.place(alert);
    const number = place === undefined ? undefined : numbers.get(place);
    if (place === undefined || (verdict === "good" && number === undefined)) return [];
    const severity = index.timing(alert)?.severity ?? "info";
    return [{ place: number ?? place, verdict, severity, ageMs, reason, print: known[place] }];
  });
  const { kept, left } = whatFits(seen);
  const texts = kept.map(({ verdict, reason, print }) => {
    const text = verdict === "good" ? "" : cutReason(reason);
    return text === "" || print === reasonFingerprint(text) ? "" : text;
  });
  const { reasons, indexOf } = packReasons(texts);
  const encoded = kept.map(({ place, verdict, ageMs }, index): WireVerdict => {
    const age = Math.max(0, Math.round(ageMs));
    const at = indexOf.get(texts[index] ?? "");
    return at === undefined ? [place, LETTERS[verdict], age] : [place, LETTERS[verdict], age, at];
  });
  return { verdicts: encoded, reasons, ...(left === 0 ? {} : { overflow: left }) };
}

export function decodeVerdicts(
  plan: MonitorPlan,
  known: SweepInput["known"],
  result: SweepResult,
): readonly SweepVerdict[] {
  const places = Object.keys(known);
  return result.verdicts.flatMap(([place, letter, ageMs, at]) => {
    const alert = alertAt(plan, placeAmong(places, place));
    if (alert === undefined) return [];
    const reason = at === undefined ? undefined : result.reasons[at];
    return [{ alert, verdict: VERDICTS[letter], ageMs, ...(reason === undefined ? {} : { reason }) }];
  });
}

/** The same verdicts for another plan: alerts that it does not have are left out, and the others named by their places in it. */
export function retarget(
  result: SweepResult,
  known: SweepInput["known"],
  from: MonitorPlan,
  to: MonitorPlan,
): SweepResult {
  if (from === to) return result;
  const index = indexPlan(to);
  const places = Object.keys(known);
  const verdicts = result.verdicts.flatMap((verdict): readonly WireVerdict[] => {
    const [place, letter, ageMs, reason] = verdict;
    const alert = alertAt(from, placeAmong(places, place));
    const there = alert === undefined ? undefined : index.place(alert);
    if (there === undefined) return [];
    return [reason === undefined ? [there, letter, ageMs] : [there, letter, ageMs, reason]];
  });
  return { ...result, verdicts };
}

/** A place, also one that is said by its number among those that the monitor knows; empty for a number of none. */
function placeAmong(places: readonly string[], place: string | number): string {
  return typeof place === "number" ? (places[place] ?? "") : place;
}
