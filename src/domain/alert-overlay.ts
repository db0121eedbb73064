/** What lies over an alert's state without deleting it: nothing known of it, and what an inactive one still remembers. Pure. */

import type { AlertEffect, AlertRecord, InactiveAlert, Overlay, RuleTiming } from "./alert-state.js";
import type { VerdictEvent } from "./alert-event.js";

/** The verdict unknown: it neither counts nor resets, it only starts its own clock. */
export function becomeUnknown(record: AlertRecord, event: VerdictEvent): AlertRecord {
  const { absent, unknownSince, ...rest } = record;
  const since = absent === undefined ? unknownSince : undefined;
  return { ...rest, unknownSince: since ?? event.at, unknownReason: event.reason };
}

export function withoutUnknown<T extends AlertRecord>(record: T): T {
  const { unknownSince, unknownReason, absent, blind, ...rest } = record;
  return rest as T;
}

/** When the alert counts as blind; undefined when it is known, has been said, or is only not reported. */
export function blindAt(record: AlertRecord, rule: RuleTiming): number | undefined {
  if (record.unknownSince === undefined || record.absent || record.blind) return undefined;
  return record.unknownSince + rule.unknownForMs;
}

/** Says once that nothing has been known for longer than `unknown_for`. */
export function blindIfDue(
  record: AlertRecord,
  rule: RuleTiming,
  now: number,
): { readonly alert: AlertRecord; readonly effects: readonly AlertEffect[] } {
  const at = blindAt(record, rule);
  if (at === undefined || now < at) return { alert: record, effects: [] };
  return {
    alert: { ...record, blind: true },
    effects: [
      { effect: "blind", since: record.unknownSince ?? at, reason: record.unknownReason ?? "no data" },
    ],
  };
}

/** The inactive alert that keeps what lies over this one: the end of an episode is no reading. */
export function leftover(record: AlertRecord): InactiveAlert {
  const { unknownSince, unknownReason, absent, blind, pausedAt } = record;
  const unknown: Overlay =
    unknownSince === undefined || absent
      ? {}
      : {
          unknownSince,
          ...(unknownReason === undefined ? {} : { unknownReason }),
          ...(blind === undefined ? {} : { blind }),
        };
  return { state: "inactive", ...unknown, ...(pausedAt === undefined ? {} : { pausedAt }) };
}

/** An inactive alert with nothing to remember needs no record. */
export function settled(record: AlertRecord, now: number): AlertRecord | undefined {
  if (record.state !== "inactive") return record;
  const { quietUntil, ...rest } = record;
  const kept: InactiveAlert = quietUntil !== undefined && quietUntil > now ? record : rest;
  const remembers =
    kept.quietUntil !== undefined ||
    kept.goodAt !== undefined ||
    kept.unknownSince !== undefined ||
    kept.pausedAt !== undefined;
  return remembers ? kept : undefined;
}

/** Nothing about this record concerns a person: the alert is inactive, and only its order of readings is remembered. */
export function isSimplyGood(record: AlertRecord): boolean {
  const { state, unknownSince, pausedAt } = record;
  return (
    state === "inactive" &&
    record.quietUntil === undefined &&
    unknownSince === undefined &&
    pausedAt === undefined
  );
}
