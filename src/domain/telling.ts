/** What a monitor's incidents must be told: the slice of each service, and what has ended in it (lifecycle 1). Pure. */

import { isEpisode } from "./alert-machine.js";
import type { AlertEffect, AlertRecord, AlertStep, RuleTiming, TransitionEffect } from "./alert-state.js";
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
  const all = Object.entries(state.alerts)
    .flatMap(([alert, record]) => {
      const rule = timingOf(plan, alert);
      const told = rule !== undefined && rule.severity !== "info" && serviceOfKey(alert) === service;
      return told && isEpisode(record) ? [memberOf(state, alert, record, rule)] : [];
    })
    .sort(worstFirst);
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
  return was.state !== is.state || (was.unknownSince === undefined) !== (is.unknownSince === undefined);
}

/** The service's slice has changed; an episode that ended is kept until its incident has taken it. */
export function markTelling(
  state: MonitorState,
  alert: AlertKey,
  before: AlertRecord | undefined,
  rule: RuleTiming,
  effects: readonly AlertEffect[],
  now: number,
): MonitorState {
  const service = serviceOfKey(alert);
  const marked = dirtyService(state, service);
  const end = effects.map(endOf).find((reason) => reason !== undefined);
  const telling = marked.tellings[service];
  if (end === undefined || telling === undefined || !isEpisode(before)) return marked;
  const member: EndedMember = { ...memberOf(state, alert, before, rule), resolvedAt: now, end };
  const ended = [...telling.ended, member].slice(-MAX_MEMBERS);
  return { ...marked, tellings: { ...marked.tellings, [service]: { ...telling, ended } } };
}

export function dirtyService(state: MonitorState, service: string): MonitorState {
  const telling = state.tellings[service] ?? NOT_TOLD;
  return { ...state, tellings: { ...state.tellings, [service]: { ...telling, dirty: true } } };
}

/** The slice is on its way: what changes from now on needs another message. */
export function sendingTo(state: MonitorState, service: string, seq: number): MonitorState {
  const { refreshAt, ...telling } = state.tellings[service] ?? NOT_TOLD;
  return { ...state, tellSeq: seq, tellings: { ...state.tellings, [service]: { ...telling, dirty: false } } };
}

function memberOf(
  state: MonitorState,
  alert: AlertKey,
  record: Extract<AlertRecord, { readonly episode: number }>,
  rule: RuleTiming,
): Member {
  const [service = "", check = "", name = "", subject] = alert.split("/");
  const base = alertId(checkId(state.system, service, check), name);
  const pause = record.pausedAt === undefined ? undefined : longestPause(state.pauses, service, check);
  return {
    alert: (subject === undefined ? base : `${base}/${subject}`) as AlertId,
    episode: record.episode,
    severity: rule.severity,
    state: record.state,
    since: record.since,
    firedAt: record.firedAt,
    bad: record.bad,
    reason: record.reason,
    ...(record.lastGoodAt === undefined ? {} : { lastGoodAt: record.lastGoodAt }),
    ...(record.unknownSince === undefined ? {} : { unknownSince: record.unknownSince }),
    ...(record.blindMs > 0 ? { blindMs: record.blindMs } : {}),
    ...(pause === undefined ? {} : { paused: { by: pause.by, until: pause.until } }),
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
