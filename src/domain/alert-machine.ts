/**
 * The alert machine: what one verdict or one deadline changes (lifecycle 3 and 4). Pure; `now` and every reading's time are
 * workflow time. It knows nothing of incidents, notifiers or sweeps.
 */

import {
  badWhileFiring,
  end,
  endAndKeep,
  fireEvent,
  goodWhileHolding,
  holdEnd,
  isEpisode,
  isHolding,
  onAbsent,
  onAcknowledged,
  onReleased,
  reconfigured,
} from "./alert-episode.js";
import type { AlertEvent, VerdictEvent } from "./alert-event.js";
import { becomeUnknown, blindAt, blindIfDue, settled, withoutUnknown } from "./alert-overlay.js";
import { freezeAlert, thawAlert } from "./alert-pause.js";
import { badAgain, clearPending, dropPending, openPending, retime } from "./alert-pending.js";
import { backToFiring, beginRecovery, goOnRecovering } from "./alert-recovery.js";
import type { AlertRecord, AlertStep, InactiveAlert, RuleTiming } from "./alert-state.js";
import { unchanged, withEffects } from "./alert-step.js";

export { holdEnd, isEpisode, RELEASED_QUIET_MS, severityOfAlert } from "./alert-episode.js";
export type { AlertEvent, VerdictEvent } from "./alert-event.js";
export { isSimplyGood } from "./alert-overlay.js";

const INACTIVE: InactiveAlert = { state: "inactive" };

/** One event, one step. Never mutates; the same arguments give the same step. */
export function stepAlert(alert: AlertRecord | undefined, rule: RuleTiming, event: AlertEvent): AlertStep {
  const record = alert ?? INACTIVE;
  const step = stepRecord(record, rule, event);
  const sighted = record.blind && step.alert?.blind === undefined;
  return sighted ? withEffects([{ effect: "sighted" }], step) : step;
}

/** The earliest time at which this alert wants a `deadline` event; undefined when only readings can change it. */
export function nextDeadline(alert: AlertRecord, rule: RuleTiming): number | undefined {
  if (alert.pausedAt !== undefined) return undefined;
  const blind = blindAt(alert, rule);
  const own = ownDeadline(alert, rule);
  if (blind === undefined || own === undefined) return blind ?? own;
  return Math.min(blind, own);
}

function ownDeadline(alert: AlertRecord, rule: RuleTiming): number | undefined {
  switch (alert.state) {
    case "inactive":
      return undefined;
    case "firing":
      return holdEnd(alert, rule);
    case "pending":
    case "recovering":
      return alert.asked ? undefined : alert.deadline;
  }
}

function stepRecord(record: AlertRecord, rule: RuleTiming, event: AlertEvent): AlertStep {
  switch (event.kind) {
    case "verdict":
      return onVerdict(record, rule, event);
    case "deadline":
      return onDeadline(record, rule, event.now);
    case "acknowledged":
      return onAcknowledged(record, rule, event.episode, event.now);
    case "released":
      return onReleased(record, rule, event.episode, event.now);
    case "removed":
      return isEpisode(record) ? end(record, event.end, event.now) : unchanged(undefined);
    case "configured":
      return unchanged(configured(record, rule, event.now));
    case "paused":
      return unchanged(freezeAlert(record, event.now));
    case "resumed":
      return unchanged(settled(thawAlert(record, event.now), event.now));
  }
}

function onVerdict(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  if (record.pausedAt !== undefined || isOvertaken(record, event)) return unchanged(record);
  switch (event.verdict) {
    case "unknown":
      return unchanged(becomeUnknown(record, event));
    case "absent":
      if (record.state === "inactive")
        return unchanged(settled(withoutGood(withoutUnknown(record)), event.now));
      return record.state === "pending" ? dropPending(record, event) : onAbsent(record, rule, event);
    case "good":
      return onGood(withoutUnknown(record), rule, event);
    case "bad":
      return onBad(withoutUnknown(record), rule, event);
  }
}

/** A newer reading has been folded already: sweeps of one check may come back in another order than they saw it. */
function isOvertaken(record: AlertRecord, event: VerdictEvent): boolean {
  const newest = record.state === "inactive" ? record.goodAt : record.knownAt;
  return newest !== undefined && event.at < newest;
}

function onBad(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  switch (record.state) {
    case "inactive":
      return rule.hold === undefined ? openPending(record, rule, event) : fireEvent(record, rule, event);
    case "pending":
      return badAgain(record, rule, event);
    case "firing":
      return badWhileFiring(record, event);
    case "recovering":
      return backToFiring(record, event);
  }
}

function onGood(record: AlertRecord, rule: RuleTiming, event: VerdictEvent): AlertStep {
  switch (record.state) {
    case "inactive":
      return unchanged(settled(withoutQuiet(withoutGood(record)), event.now));
    case "pending":
      return clearPending(record, event);
    case "firing":
      if (isHolding(record, rule)) return goodWhileHolding(record, event);
      return beginRecovery(record, rule, event);
    case "recovering":
      return goOnRecovering(record, rule, event);
  }
}

function onDeadline(record: AlertRecord, rule: RuleTiming, now: number): AlertStep {
  if (record.pausedAt !== undefined) return unchanged(record);
  const { alert, effects } = blindIfDue(record, rule, now);
  if (alert.state === "firing" && now >= (holdEnd(alert, rule) ?? Infinity)) {
    return withEffects(effects, endAndKeep(alert, "hold over", now));
  }
  if ((alert.state === "pending" || alert.state === "recovering") && !alert.asked) {
    if (alert.deadline !== undefined && now >= alert.deadline) {
      return { alert: { ...alert, asked: true }, effects: [...effects, { effect: "confirm" }] };
    }
  }
  return { alert, effects };
}

function configured(record: AlertRecord, rule: RuleTiming, now: number): AlertRecord | undefined {
  if (record.state === "inactive") return settled(record, now);
  return record.state === "pending" ? retime(record, rule) : reconfigured(record, rule);
}

/** A release asks for patience with what is still bad: once it was good, whatever comes is trouble of its own. */
function withoutQuiet(record: InactiveAlert): InactiveAlert {
  const { quietUntil, ...rest } = record;
  return rest;
}

function withoutGood(record: InactiveAlert): InactiveAlert {
  const { goodAt, ...rest } = record;
  return rest;
}
