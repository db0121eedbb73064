/** What a monitor's incidents must be told: the slice of each service, and what has ended in it (lifecycle 1). Pure. */

import { isEpisode } from "./alert-machine.js";
import type { AlertEffect, AlertRecord, AlertStep, Overlay, TransitionEffect } from "./alert-state.js";
import type { AlertId } from "./ids.js";
import { alertId, checkId } from "./ids.js";
import type { EndedMember, Member } from "./members.js";
import { MAX_MEMBERS, worstFirst } from "./members.js";
import type { AlertKey, MonitorPlan } from "./monitor-plan.js";
import { serviceOfKey } from "./monitor-plan.js";
import type { MonitorPause, MonitorState, Telling } from "./monitor-state.js";
import { timingOf } from "./monitor-state.js";

const NOT_TOLD: Telling = { dirty: false, known: false, ended: [] };
/** An incident is told its members again after so long, so that one that was lost reopens by itself. */
export const REFRESH_MS = 5 * 60_000;

/** Every firing alert of one service, worst first, at most {@link MAX_MEMBERS}, and how many there are beyond. */
export function sliceOf(
  state: MonitorState,
  plan: MonitorPlan,
  service: string,
): { readonly list: readonly Member[]; readonly more: number } {
  const prefix = `${service}/`;
  const all: Member[] = [];
  // Without a list of all entries: as many services as alerts may ask for their slice at once.
  for (const alert in state.alerts) {
    const record = alert.startsWith(prefix) ? state.alerts[alert] : undefined;
    if (!isEpisode(record) || record.severity === "info" || timingOf(plan, alert) === undefined) continue;
    all.push(memberOf(state, alert, record));
  }
  all.sort(worstFirst);
  return { list: all.slice(0, MAX_MEMBERS), more: Math.max(0, all.length - MAX_MEMBERS) };
}

/** The incident of `service` has taken a slice; `sent` are the ends it carried. */
export function foldTold(
  state: MonitorState,
  service: string,
  sent: readonly EndedMember[],
  empty: boolean,
  now: number,
): MonitorState {
  const telling = state.tellings[service];
  if (telling === undefined) return state;
  const ended = telling.ended.filter((member) => !sent.includes(member));
  const { [service]: _told, ...others } = state.tellings;
  if (empty && !telling.dirty) return { ...state, tellings: others };
  const { refreshAt, ...rest } = telling;
  const next: Telling = { ...rest, known: !empty, ended, ...(empty ? {} : { refreshAt: now + REFRESH_MS }) };
  return { ...state, tellings: { ...others, [service]: next } };
}

/** Services whose incident must be told now. */
export function dueTellings(state: MonitorState, now: number): readonly string[] {
  return Object.entries(state.tellings)
    .filter(([, telling]) => telling.dirty || (telling.refreshAt !== undefined && telling.refreshAt <= now))
    .map(([service]) => service);
}

/** Whether this step changes what the incident of the alert must know. */
export function marksSlice(before: AlertRecord | undefined, step: AlertStep): boolean {
  if (step.effects.some((effect) => endOf(effect) !== undefined)) return true;
  const was = isEpisode(before) ? before : undefined;
  const is = isEpisode(step.alert) ? step.alert : undefined;
  if (was === undefined || is === undefined) return was !== is;
  return (
    was.state !== is.state ||
    was.severity !== is.severity ||
    (was.unknownSince === undefined) !== (is.unknownSince === undefined) ||
    was.absent !== is.absent ||
    (was.pausedAt === undefined) !== (is.pausedAt === undefined)
  );
}

/** The slice of the alert's service has changed; an episode that ended is kept until its incident has taken it. */
export function markTelling(
  telling: Telling | undefined,
  state: Pick<MonitorState, "system" | "pauses">,
  alert: AlertKey,
  before: AlertRecord | undefined,
  effects: readonly AlertEffect[],
  now: number,
): Telling {
  const dirty: Telling = { ...(telling ?? NOT_TOLD), dirty: true };
  const end = effects.map(endOf).find((reason) => reason !== undefined);
  if (end === undefined || !isEpisode(before)) return dirty;
  const member: EndedMember = { ...memberOf(state, alert, before), resolvedAt: now, end };
  return { ...dirty, ended: [...dirty.ended, member].slice(-MAX_MEMBERS) };
}

/** The incident of a service must hear its slice again, whether or not it has changed. */
export function dirtyService(state: MonitorState, service: string): MonitorState {
  const telling = state.tellings[service] ?? NOT_TOLD;
  return { ...state, tellings: { ...state.tellings, [service]: { ...telling, dirty: true } } };
}

/**
 * A monitor that begins with nothing may have had a predecessor: every incident of its services is told the slice once, when whatever
 * still fires has had the time to fire again. One that nobody answers for any more ends by that.
 */
export function tellAllOnce(state: MonitorState, plan: MonitorPlan, now: number): MonitorState {
  const longestForMs = plan.timings.reduce((longest, { forMs }) => Math.max(longest, forMs), 0);
  const refreshAt = now + longestForMs + REFRESH_MS;
  const services = new Set(plan.checks.map(({ key }) => serviceOfKey(key)));
  const tellings = [...services].map((service): [string, Telling] => [service, { ...NOT_TOLD, refreshAt }]);
  return { ...state, tellings: { ...Object.fromEntries(tellings), ...state.tellings } };
}

/** Everybody who would be told some time is told as soon as may be. */
export function tellSoon(state: MonitorState, services: readonly string[]): MonitorState {
  const owed = services.map((service): [string, Telling] => {
    const { refreshAt, ...telling } = state.tellings[service] ?? NOT_TOLD;
    return [service, { ...telling, dirty: true }];
  });
  return { ...state, tellings: { ...state.tellings, ...Object.fromEntries(owed) } };
}

/** The slice is on its way: what changes from now on needs another message. */
export function sendingTo(state: MonitorState, service: string, seq: number): MonitorState {
  const { refreshAt, ...telling } = state.tellings[service] ?? NOT_TOLD;
  return { ...state, tellSeq: seq, tellings: { ...state.tellings, [service]: { ...telling, dirty: false } } };
}

function memberOf(
  state: Pick<MonitorState, "system" | "pauses">,
  alert: AlertKey,
  record: Extract<AlertRecord, { readonly episode: number }>,
): Member {
  const [service = "", check = "", name = "", subject] = alert.split("/");
  const base = alertId(checkId(state.system, service, check), name);
  const pause = record.pausedAt === undefined ? undefined : longestPause(state.pauses, service, check);
  return {
    alert: (subject === undefined ? base : `${base}/${subject}`) as AlertId,
    episode: record.episode,
    severity: record.severity,
    state: record.state,
    since: record.since,
    firedAt: record.firedAt,
    bad: record.bad,
    reason: record.reason,
    ...(record.lastGoodAt === undefined ? {} : { lastGoodAt: record.lastGoodAt }),
    ...unknownOf(record),
    ...(record.blindMs > 0 ? { blindMs: record.blindMs } : {}),
    ...(pause === undefined ? {} : { paused: { by: pause.by, until: pause.until } }),
  };
}

function unknownOf({
  unknownSince,
  unknownReason,
  absent,
}: Overlay): Pick<Member, "unknownSince" | "unknownReason" | "absent"> {
  if (unknownSince === undefined) return {};
  return {
    unknownSince,
    ...(unknownReason === undefined ? {} : { unknownReason }),
    ...(absent === undefined ? {} : { absent }),
  };
}

function longestPause(
  pauses: readonly MonitorPause[],
  service: string,
  check: string,
): MonitorPause | undefined {
  return pauses
    .filter((pause) => (pause.service ?? service) === service && (pause.check ?? check) === check)
    .reduce<MonitorPause | undefined>(
      (longest, pause) => (longest === undefined || pause.until > longest.until ? pause : longest),
      undefined,
    );
}

function endOf(effect: AlertEffect): TransitionEffect["end"] {
  return effect.effect === "transition" ? effect.end : undefined;
}
