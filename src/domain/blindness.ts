/**
 * Blindness is an alert of its own (lifecycle 4 and 9): everything unknown for longer than its `unknown_for` is gathered by cause,
 * and each cause is one member of the incident of the reserved service `tocsin/blind`. Pure.
 */

import type { AlertId, ServiceId } from "./ids.js";
import { alertId, checkId, RESERVED_SYSTEM, serviceId } from "./ids.js";
import type { Member } from "./members.js";
import { MAX_MEMBERS } from "./members.js";
import type { MonitorPlan } from "./monitor-plan.js";
import type { Blindness, MonitorState } from "./monitor-state.js";
import { timingOf } from "./monitor-state.js";
import { highestSeverity } from "./severity.js";
import type { Severity } from "./severity.js";
import { dirtyService } from "./telling.js";

/** The telling of blindness; no service of a monitor has a slash in its name. */
export const BLIND_SERVICE: ServiceId = serviceId(RESERVED_SYSTEM, "blind");

/** Raises causes that are new, ends those that are over; the incident is told when either happens. */
export function syncBlindness(state: MonitorState, plan: MonitorPlan, now: number): MonitorState {
  const causes = gather(state, plan);
  const slugs = Object.keys(causes);
  const before = Object.keys(state.blind);
  if (slugs.length === 0 && before.length === 0) return state;
  const blind: Record<string, Blindness> = {};
  for (const [slug, cause] of Object.entries(causes)) {
    blind[slug] = { ...cause, raisedAt: state.blind[slug]?.raisedAt ?? now };
  }
  const changed = slugs.some(
    (slug) => state.blind[slug] === undefined || state.blind[slug].severity !== blind[slug]?.severity,
  );
  const over = before.filter((slug) => blind[slug] === undefined);
  const next: MonitorState = { ...state, blind };
  if (!changed && over.length === 0) return next;
  const dirty = dirtyService(next, BLIND_SERVICE);
  const telling = dirty.tellings[BLIND_SERVICE];
  if (telling === undefined) return dirty;
  const ended = over.flatMap((slug) => {
    const was = state.blind[slug];
    return was === undefined
      ? []
      : [{ ...blindMember(state.system, slug, was), resolvedAt: now, end: "recovered" as const }];
  });
  return {
    ...dirty,
    tellings: {
      ...dirty.tellings,
      [BLIND_SERVICE]: { ...telling, ended: [...telling.ended, ...ended].slice(-MAX_MEMBERS) },
    },
  };
}

/** The members of `tocsin/blind` that this monitor answers for. */
export function blindSlice(state: MonitorState): readonly Member[] {
  return Object.entries(state.blind).map(([slug, cause]) => blindMember(state.system, slug, cause));
}

function blindMember(system: string, slug: string, cause: Blindness): Member {
  return {
    alert: blindAlert(system, slug),
    episode: Math.floor(cause.raisedAt / 1000),
    severity: cause.severity,
    state: "firing",
    since: cause.since,
    firedAt: cause.raisedAt,
    bad: 0,
    unknownSince: cause.since,
    reason: `nothing is known of ${cause.hidden} ${cause.hidden === 1 ? "alert" : "alerts"} of ${system}: ${cause.reason}`,
  };
}

function blindAlert(system: string, slug: string): AlertId {
  return alertId(checkId(RESERVED_SYSTEM, "blind", slug), "unknown", system);
}

function gather(
  state: MonitorState,
  plan: MonitorPlan,
): Readonly<Record<string, Omit<Blindness, "raisedAt">>> {
  const causes: Record<string, Omit<Blindness, "raisedAt">> = {};
  for (const [alert, record] of Object.entries(state.alerts)) {
    const rule = timingOf(plan, alert);
    if (
      record.blind === undefined ||
      record.unknownSince === undefined ||
      rule === undefined ||
      rule.severity === "info"
    )
      continue;
    const reason = record.unknownReason ?? "no data";
    const slug = slugOf(reason);
    const cause = causes[slug];
    const severities: Severity[] = cause === undefined ? [rule.severity] : [rule.severity, cause.severity];
    causes[slug] = {
      reason: cause?.reason ?? reason,
      since: Math.min(record.unknownSince, cause?.since ?? record.unknownSince),
      hidden: (cause?.hidden ?? 0) + 1,
      severity: highestSeverity(severities) ?? rule.severity,
    };
  }
  return causes;
}

function slugOf(reason: string): string {
  const slug = reason
    .toLowerCase()
    .replace(/\d+/g, "n")
    .replace(/[^a-z]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return slug === "" ? "no-data" : slug;
}
