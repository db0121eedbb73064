/** Makes sense of what monitors and incidents tell each other: anything may come by signal, and what cannot be used is left out. */

import { commandObject, numberField } from "./command-input.js";
import type { CommandInput } from "./command-input.js";
import type { AlertId, RevisionId } from "./ids.js";
import { parseAlertId } from "./ids.js";
import type { EndedMember, IncidentTexts, Member, MembersMessage } from "./members.js";
import { MAX_MEMBERS } from "./members.js";
import type { PolicyPlan } from "./plan.js";
import { SEVERITIES } from "./severity.js";

/** The last instant that a `Date` can show, epoch milliseconds. */
const LAST_INSTANT = 8.64e15;

/** A monitor's slice; undefined when the sender or its place in the order is not known. Entries that are no members are left out. */
export function membersMessage(raw: unknown): MembersMessage | undefined {
  const input = commandObject(raw);
  const { from, list, ended, revision } = input;
  const seq = numberField(input, "seq");
  if (typeof from !== "string" || from === "" || seq === undefined || !Array.isArray(list)) return undefined;
  return {
    from,
    seq,
    revision: (typeof revision === "string" ? revision : "") as RevisionId,
    list: list.filter(isMember).slice(0, MAX_MEMBERS),
    more: Math.max(0, numberField(input, "more") ?? 0),
    ended: Array.isArray(ended) ? ended.filter(isEndedMember).slice(0, MAX_MEMBERS) : [],
    known: input.known === true,
    ...(isPolicy(input.policy) ? { policy: input.policy } : {}),
    ...(areIncidentTexts(input.texts) ? { texts: input.texts } : {}),
  };
}

/** The episodes that a message names; what names none is left out. */
export function namedEpisodes(
  raw: unknown,
): readonly { readonly alert: AlertId; readonly episode: number }[] {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [];
  return list.flatMap((each) => {
    const { alert, episode } = commandObject(each);
    return isAlertId(alert) && typeof episode === "number" ? [{ alert, episode }] : [];
  });
}

function isMember(raw: unknown): raw is Member {
  const { alert, severity, state, reason, episode, bad, paused, unknownReason, absent, ...times } =
    commandObject(raw);
  return (
    isAlertId(alert) &&
    SEVERITIES.some((known) => known === severity) &&
    (state === "firing" || state === "recovering") &&
    typeof reason === "string" &&
    typeof episode === "number" &&
    typeof bad === "number" &&
    isInstant(times.since) &&
    isInstant(times.firedAt) &&
    [times.lastGoodAt, times.unknownSince, times.blindMs].every(isAbsentOrInstant) &&
    (unknownReason === undefined || typeof unknownReason === "string") &&
    (absent === undefined || absent === true) &&
    (paused === undefined || isPause(commandObject(paused)))
  );
}

function isEndedMember(raw: unknown): raw is EndedMember {
  const { resolvedAt, end } = commandObject(raw);
  return isMember(raw) && isInstant(resolvedAt) && typeof end === "string";
}

function isPause({ by, until }: CommandInput): boolean {
  return typeof by === "string" && isInstant(until);
}

function isPolicy(raw: unknown): raw is PolicyPlan {
  const { name, critical, warning, loops, fallback, repeatMs, ackTimeoutMs, groupWaitMs, reopenWithinMs } =
    commandObject(raw);
  return (
    typeof name === "string" &&
    [critical, warning].every((steps) => Array.isArray(steps) && steps.every(isStep)) &&
    areTexts(fallback) &&
    [loops, ackTimeoutMs, reopenWithinMs].every(isTime) &&
    [repeatMs, groupWaitMs].map(commandObject).every((each) => isTime(each.critical) && isTime(each.warning))
  );
}

function isStep(raw: unknown): boolean {
  const { afterMs, notify } = commandObject(raw);
  return isTime(afterMs) && areTexts(notify);
}

function areIncidentTexts(raw: unknown): raw is IncidentTexts {
  const { owner, alerts } = commandObject(raw);
  const all = Object.values(commandObject(alerts)).map(commandObject);
  return (
    commandObject(alerts) === alerts &&
    isAbsentOrText(owner) &&
    all.every(({ action, runbook }) => isAbsentOrText(action) && isAbsentOrText(runbook))
  );
}

function isAbsentOrText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function areTexts(raw: unknown): boolean {
  return Array.isArray(raw) && raw.every((each) => typeof each === "string");
}

/** A duration that can be added to now. */
function isTime(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= LAST_INSTANT / 2;
}

function isAbsentOrInstant(value: unknown): boolean {
  return value === undefined || isInstant(value);
}

function isInstant(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= LAST_INSTANT;
}

function isAlertId(value: unknown): value is AlertId {
  if (typeof value !== "string") return false;
  try {
    parseAlertId(value);
    return true;
  } catch {
    return false;
  }
}
