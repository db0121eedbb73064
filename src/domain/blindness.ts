/**
 * Blindness is an alert of its own (lifecycle 4 and 9): everything unknown for longer than its `unknown_for` is gathered by cause,
 * and each cause is one member of the incident of the reserved service `tocsin/blind`. Pure.
 */

import { RELEASED_QUIET_MS } from "./alert-machine.js";
import type { AlertId, ServiceId } from "./ids.js";
import { alertId, checkId, RESERVED_SYSTEM, serviceId } from "./ids.js";
import type { EndedMember, Member } from "./members.js";
import { MAX_MEMBERS, worstFirst } from "./members.js";
import type { MonitorPlan } from "./monitor-plan.js";
import type { Blindness, MonitorState } from "./monitor-state.js";
import { overflowOf } from "./monitor-state.js";
import { indexPlan } from "./plan-index.js";
import { highestSeverity } from "./severity.js";
import { dirtyService } from "./telling.js";

/** The telling of blindness; no service of a monitor has a slash in its name. */
export const BLIND_SERVICE: ServiceId = serviceId(RESERVED_SYSTEM, "blind");

/** What whoever is told of it must do: no configuration has a text for it. */
export const BLIND_ACTION = "Run `tocsin doctor`; give the worker what the reason names.";

/** Causes told apart; what comes beyond is one cause together, so that blindness never floods. */
const MAX_CAUSES = 20;
const OTHER_CAUSES = "other-causes";
const OVERFLOW = "overflow";

type Cause = Pick<Blindness, "since" | "reason" | "hidden" | "severity">;

/** Raises causes that are new, ends those that are over; the incident is told when either happens. */
export function syncBlindness(state: MonitorState, plan: MonitorPlan, now: number): MonitorState {
  const causes = gather(state, plan, now);
  const before = Object.entries(state.blind);
  if (causes.size === 0 && before.length === 0) return state;
  const blind: Record<string, Blindness> = {};
  let isChanged = false;
  for (const [slug, cause] of causes) {
    const known = state.blind[slug];
    const goesOn = known !== undefined && (known.quietUntil === undefined || known.quietUntil > now);
    blind[slug] = goesOn
      ? { ...cause, raisedAt: known.raisedAt, ...quiet(known.quietUntil) }
      : { ...cause, raisedAt: now };
    isChanged ||= !goesOn || (known.quietUntil === undefined && known.severity !== cause.severity);
  }
  const ended = before
    .filter(([slug, was]) => blind[slug] === undefined && was.quietUntil === undefined)
    .map(([slug, was]) => endedBlindness(state.system, slug, was, "recovered", now));
  const next: MonitorState = { ...state, blind };
  return isChanged || ended.length > 0 ? tellBlindness(next, ended) : next;
}

/** The members of `tocsin/blind` that this monitor answers for, worst first. */
export function blindSlice(state: MonitorState): readonly Member[] {
  return Object.entries(state.blind)
    .filter(([, cause]) => cause.quietUntil === undefined)
    .map(([slug, cause]) => blindMember(state.system, slug, cause))
    .sort(worstFirst)
    .slice(0, MAX_MEMBERS);
}

/** Whether an alert is about blindness and not about a target. */
export function isBlindAlert(alert: AlertId): boolean {
  return alert.startsWith(`${BLIND_SERVICE}/`);
}

/** Ends causes by hand; one that still hides alerts some minutes later is raised anew. */
export function releaseBlind(
  state: MonitorState,
  alerts: readonly { readonly alert: AlertId; readonly episode: number }[],
  now: number,
): MonitorState {
  const named = new Map(alerts.map(({ alert, episode }) => [alert, episode]));
  const released = Object.entries(state.blind).filter(
    ([slug, cause]) =>
      cause.quietUntil === undefined &&
      named.get(blindAlert(state.system, slug)) === episodeOf(cause.raisedAt),
  );
  if (released.length === 0) return state;
  const quieted = released.map(([slug, cause]): [string, Blindness] => [
    slug,
    { ...cause, quietUntil: now + RELEASED_QUIET_MS },
  ]);
  const blind = { ...state.blind, ...Object.fromEntries(quieted) };
  const ended = released.map(([slug, cause]) => endedBlindness(state.system, slug, cause, "released", now));
  return tellBlindness({ ...state, blind }, ended);
}

function tellBlindness(state: MonitorState, ended: readonly EndedMember[]): MonitorState {
  const dirty = dirtyService(state, BLIND_SERVICE);
  const telling = dirty.tellings[BLIND_SERVICE];
  if (telling === undefined) return dirty;
  const next = { ...telling, ended: [...telling.ended, ...ended].slice(-MAX_MEMBERS) };
  return { ...dirty, tellings: { ...dirty.tellings, [BLIND_SERVICE]: next } };
}

function endedBlindness(
  system: string,
  slug: string,
  was: Blindness,
  end: "recovered" | "released",
  now: number,
): EndedMember {
  return { ...blindMember(system, slug, was), resolvedAt: now, end };
}

function blindMember(system: string, slug: string, cause: Blindness): Member {
  const alerts = cause.hidden === 1 ? "alert" : "alerts";
  return {
    alert: blindAlert(system, slug),
    episode: episodeOf(cause.raisedAt),
    severity: cause.severity,
    state: "firing",
    since: cause.since,
    firedAt: cause.raisedAt,
    bad: 0,
    unknownSince: cause.since,
    reason: `nothing is known of ${cause.hidden} ${alerts} of ${system}: ${cause.reason}`,
  };
}

function blindAlert(system: string, slug: string): AlertId {
  return alertId(checkId(RESERVED_SYSTEM, "blind", slug), "unknown", system);
}

function episodeOf(raisedAt: number): number {
  return Math.floor(raisedAt / 1000);
}

function gather(state: MonitorState, plan: MonitorPlan, now: number): ReadonlyMap<string, Cause> {
  const rules = indexPlan(plan);
  const causes = new Map<string, Cause>();
  for (const [alert, record] of Object.entries(state.alerts)) {
    if (record.blind === undefined || record.unknownSince === undefined) continue;
    const rule = rules.timing(alert);
    if (rule === undefined || rule.severity === "info") continue;
    const reason = record.unknownReason ?? "no data";
    const slug = slugAmong(causes, state, slugOf(reason));
    const cause = causes.get(slug);
    causes.set(slug, {
      reason: cause?.reason ?? reason,
      since: Math.min(record.unknownSince, cause?.since ?? record.unknownSince),
      hidden: (cause?.hidden ?? 0) + 1,
      severity: highestSeverity([rule.severity, cause?.severity ?? rule.severity]) ?? rule.severity,
    });
  }
  const overflow = overflowOf(state);
  if (overflow > 0) causes.set(OVERFLOW, overflowCause(state, overflow, now));
  return causes;
}

/** What found no room is unknown too: somebody has to make it smaller, in hours. */
function overflowCause(state: MonitorState, hidden: number, now: number): Cause {
  return {
    reason: "more subjects or alerts than this monitor holds",
    since: state.blind[OVERFLOW]?.since ?? now,
    hidden,
    severity: "warning",
  };
}

/** A cause keeps its own name once it has been raised under it. */
function slugAmong(causes: ReadonlyMap<string, Cause>, state: MonitorState, slug: string): string {
  if (causes.has(slug) || state.blind[slug] !== undefined) return slug;
  const names = new Set([...causes.keys(), ...Object.keys(state.blind)]);
  return names.size < MAX_CAUSES ? slug : OTHER_CAUSES;
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

function quiet(quietUntil: number | undefined): Pick<Blindness, "quietUntil"> {
  return quietUntil === undefined ? {} : { quietUntil };
}
