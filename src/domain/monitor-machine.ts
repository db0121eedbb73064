/**
 * The monitor machine: folds sweeps, time, pauses and configuration over all alerts of one monitor, and says what its incidents
 * must be told. Pure; one alert's rules are in `alert-machine.ts`.
 */

import { isEpisode, nextDeadline, stepAlert } from "./alert-machine.js";
import type { AlertEvent } from "./alert-machine.js";
import type { AlertEffect, AlertRecord, RuleTiming } from "./alert-state.js";
import type { AlertId } from "./ids.js";
import type { AlertKey, CheckKey, LanePlan, MonitorPlan } from "./monitor-plan.js";
import { checkOfAlert, serviceOfKey } from "./monitor-plan.js";
import { freezeOrThaw, pauseOf, scopeText } from "./monitor-pauses.js";
import type { MonitorEffect, MonitorState, MonitorStep } from "./monitor-state.js";
import { MAX_ALERTS, timingOf } from "./monitor-state.js";
import type { SweepInput, SweepResult } from "./sweep.js";
import { decodeVerdicts, placeOf, reasonFingerprint } from "./sweep.js";
import { marksSlice, markTelling } from "./telling.js";

/** Deadlines this close together are decided together, so that what fails together is told together. */
const GATHER_MS = 250;

/** Gives every lane of the plan a clock, keeps those it has, and drops alerts whose rule or check is gone. */
export function takePlan(
  state: MonitorState,
  plan: MonitorPlan,
  stagger: (lane: LanePlan) => number,
  now: number,
): MonitorStep {
  const lanes = Object.fromEntries(
    plan.lanes.map((lane) => {
      const first = now + stagger(lane);
      return [lane.key, state.lanes[lane.key] ?? { anchor: first, next: first }];
    }),
  );
  const checks = new Set(plan.checks.map(({ key }) => key));
  return Object.keys(state.alerts).reduce<MonitorStep>(
    (step, alert) => {
      if (timingOf(plan, alert) !== undefined) return step;
      const end = checks.has(checkOfAlert(alert)) ? "rule deleted" : "check removed";
      return then(step, (current) =>
        applyAlert(current, alert, FORGOTTEN_RULE, { kind: "removed", end, now }),
      );
    },
    { state: { ...state, lanes }, effects: [] },
  );
}

/** The input of a sweep of these checks: what is paused is skipped, what is known is named. */
export function sweepInput(
  state: MonitorState,
  plan: MonitorPlan,
  lane: LanePlan,
  only: readonly CheckKey[] | undefined,
  now: number,
): SweepInput {
  const inLane = new Set(plan.checks.filter((check) => check.lane === lane.key).map(({ key }) => key));
  const known: Record<string, string> = {};
  for (const [alert, record] of Object.entries(state.alerts)) {
    const check = checkOfAlert(alert);
    if (!inLane.has(check) || (only !== undefined && !only.includes(check))) continue;
    const place = placeOf(plan, alert);
    if (place !== undefined) known[place] = reasonFingerprint(reasonOf(record));
  }
  const skip = [...inLane].filter((check) => pauseOf(state, check, now) !== undefined);
  return {
    system: plan.system,
    shard: plan.shard,
    revision: plan.revision,
    lane: lane.key,
    known,
    ...(only === undefined ? {} : { only }),
    ...(skip.length === 0 ? {} : { skip }),
  };
}

/** Folds a sweep that was launched under `plan` at `begunAt` and came back at `now`. */
export function foldSweep(
  state: MonitorState,
  plan: MonitorPlan,
  input: SweepInput,
  result: SweepResult,
  begunAt: number,
  now: number,
): MonitorStep {
  const lane = state.lanes[input.lane];
  const lastGoodAt = lane?.sweptAt;
  const folded = decodeVerdicts(plan, result).reduce<MonitorStep>(
    (step, entry) => {
      const rule = timingOf(plan, entry.alert);
      if (rule === undefined) return step;
      const reason = entry.reason ?? reasonOf(step.state.alerts[entry.alert]);
      return then(step, (current) =>
        applyAlert(current, entry.alert, rule, {
          kind: "verdict",
          verdict: entry.verdict,
          at: now - entry.ageMs,
          begunAt,
          now,
          reason,
          stamp: result.stamp,
          ...(lastGoodAt === undefined ? {} : { lastGoodAt }),
        }),
      );
    },
    { state, effects: [] },
  );
  if (lane === undefined || input.only !== undefined) return folded;
  const { stale, ...clock } = lane;
  return {
    state: {
      ...folded.state,
      lanes: { ...folded.state.lanes, [input.lane]: { ...clock, sweptAt: now } },
      overflow: result.overflow ?? 0,
    },
    effects: folded.effects,
  };
}

/** Deadlines of alerts, pauses that end, and lanes whose sweeps do not come back. */
export function foldTime(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  const resumed = endPauses(state, plan, now);
  const stale = then(resumed, (current) => markStale(current, plan, now));
  return Object.entries(stale.state.alerts).reduce<MonitorStep>((step, [alert, record]) => {
    const rule = timingOf(plan, alert);
    if (rule === undefined) return step;
    const due = nextDeadline(record, rule);
    if (due === undefined || due > now) return step;
    return then(step, (current) => applyAlert(current, alert, rule, { kind: "deadline", now }));
  }, stale);
}

/** When time alone will next change something, and what that is, as an operator reads it beside the timer. */
export function monitorDue(
  state: MonitorState,
  plan: MonitorPlan,
): { readonly at: number; readonly what: string } | undefined {
  const due: { readonly at: number; readonly what: string }[] = [];
  const deadlines = Object.entries(state.alerts)
    .flatMap(([alert, record]) => {
      const rule = timingOf(plan, alert);
      const at = rule === undefined ? undefined : nextDeadline(record, rule);
      return at === undefined || rule === undefined ? [] : [{ at, alert, record, rule }];
    })
    .sort((a, b) => a.at - b.at);
  const first = deadlines[0];
  if (first !== undefined) {
    const together = deadlines.filter(({ at }) => at <= first.at + GATHER_MS);
    const others = together.length > 1 ? ` and ${together.length - 1} more` : "";
    due.push({
      at: Math.max(...together.map(({ at }) => at)),
      what: deadlineText(first.alert, first.record, first.rule) + others,
    });
  }
  for (const pause of state.pauses)
    due.push({ at: pause.until, what: `the pause of ${scopeText(pause)} by ${pause.by} ends` });
  for (const lane of plan.lanes) {
    const clock = state.lanes[lane.key];
    if (clock !== undefined && clock.stale === undefined) {
      due.push({
        at: staleAt(lane, clock.sweptAt ?? clock.anchor),
        what: `no sweep of lane ${lane.key} has come back`,
      });
    }
  }
  for (const [service, telling] of Object.entries(state.tellings)) {
    if (telling.refreshAt !== undefined)
      due.push({ at: telling.refreshAt, what: `tell the incident of ${service} again` });
  }
  return due.sort((a, b) => a.at - b.at)[0];
}

/** The clocks of a rule that is not in the plan any more: only `removed` is ever asked of it. */
const FORGOTTEN_RULE: RuleTiming = {
  forMs: 0,
  recoverForMs: 0,
  recoverAfter: 1,
  minBad: 1,
  unknownForMs: 0,
  severity: "warning",
  everyMs: 1,
};

/** One event for one alert; marks its service when its incident must hear of it. */
export function applyAlert(
  state: MonitorState,
  alert: AlertKey,
  rule: RuleTiming,
  event: AlertEvent,
): MonitorStep {
  const before = state.alerts[alert];
  const step = stepAlert(before, rule, event);
  const room = before !== undefined || Object.keys(state.alerts).length < MAX_ALERTS;
  if (step.alert !== undefined && !room)
    return { state: { ...state, overflow: state.overflow + 1 }, effects: [] };
  const { [alert]: _before, ...others } = state.alerts;
  const alerts = step.alert === undefined ? others : { ...others, [alert]: step.alert };
  const next = { ...state, alerts };
  const told = rule.severity !== "info" && marksSlice(before, step);
  return {
    state: told ? markTelling(next, alert, before, rule, step.effects, event.now) : next,
    effects: step.effects.flatMap((effect) => monitorEffect(effect, alert, rule)),
  };
}

/** Ends episodes by hand: the ones named, or all of the service. */
export function release(
  state: MonitorState,
  plan: MonitorPlan,
  service: string,
  alerts: readonly { readonly alert: AlertId; readonly episode: number }[],
  all: boolean,
  now: number,
): MonitorStep {
  const named = new Map<string, number>(alerts.map(({ alert, episode }) => [alert, episode]));
  return Object.entries(state.alerts).reduce<MonitorStep>(
    (step, [alert, record]) => {
      const rule = timingOf(plan, alert);
      if (rule === undefined || !isEpisode(record) || serviceOfKey(alert) !== service) return step;
      const episode = named.get(`${state.system}/${alert}`) ?? (all ? record.episode : undefined);
      return episode === undefined
        ? step
        : then(step, (current) => applyAlert(current, alert, rule, { kind: "released", episode, now }));
    },
    { state, effects: [] },
  );
}

/** An incident was acknowledged: alerts that hold until then end. */
export function acknowledged(
  state: MonitorState,
  plan: MonitorPlan,
  alerts: readonly { readonly alert: AlertId; readonly episode: number }[],
  now: number,
): MonitorStep {
  return alerts.reduce<MonitorStep>(
    (step, { alert, episode }) => {
      const key = alert.slice(state.system.length + 1);
      const rule = timingOf(plan, key);
      if (rule === undefined || state.alerts[key] === undefined) return step;
      return then(step, (current) => applyAlert(current, key, rule, { kind: "acknowledged", episode, now }));
    },
    { state, effects: [] },
  );
}

function endPauses(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  if (!state.pauses.some((pause) => pause.until <= now)) return { state, effects: [] };
  return freezeOrThaw({ ...state, pauses: state.pauses.filter((pause) => pause.until > now) }, plan, now);
}

/** A lane whose sweeps do not come back is blind: every alert of it is unknown from then on. */
function markStale(state: MonitorState, plan: MonitorPlan, now: number): MonitorStep {
  return plan.lanes.reduce<MonitorStep>(
    (step, lane) => {
      const clock = state.lanes[lane.key];
      if (clock === undefined || clock.stale || now < staleAt(lane, clock.sweptAt ?? clock.anchor))
        return step;
      const lanes = { ...step.state.lanes, [lane.key]: { ...clock, stale: true as const } };
      const marked: MonitorStep = { state: { ...step.state, lanes }, effects: step.effects };
      return plan.checks
        .filter((check) => check.lane === lane.key && pauseOf(state, check.key, now) === undefined)
        .flatMap((check) => alertsOfCheck(step.state, plan, check.key))
        .reduce(
          (current, { alert, rule }) =>
            then(current, (each) => applyAlert(each, alert, rule, staleVerdict(now))),
          marked,
        );
    },
    { state, effects: [] },
  );
}

function staleVerdict(now: number): AlertEvent {
  return {
    kind: "verdict",
    verdict: "unknown",
    at: now,
    begunAt: now,
    now,
    reason: "no sweep has come back: no worker probes it",
    stamp: now,
  };
}

/** What the plan declares for a check, and the subjects of it that are remembered. */
function alertsOfCheck(
  state: MonitorState,
  plan: MonitorPlan,
  check: CheckKey,
): readonly { readonly alert: AlertKey; readonly rule: RuleTiming }[] {
  const declared =
    plan.checks.find(({ key }) => key === check)?.rules.map(({ name }) => `${check}/${name}`) ?? [];
  const remembered = Object.keys(state.alerts).filter((alert) => checkOfAlert(alert) === check);
  return [...new Set([...declared, ...remembered])].flatMap((alert) => {
    const rule = timingOf(plan, alert);
    return rule === undefined ? [] : [{ alert, rule }];
  });
}

function staleAt(lane: LanePlan, sweptAt: number): number {
  return sweptAt + 3 * lane.everyMs + lane.timeoutMs;
}

function deadlineText(alert: AlertKey, record: AlertRecord, rule: RuleTiming): string {
  switch (record.state) {
    case "pending":
      return `${rule.severity === "critical" ? "page" : "tell"} if ${alert} is still bad`;
    case "recovering":
      return `resolve ${alert} if it is still good`;
    case "firing":
      return record.holdUntil === undefined
        ? `${alert}: still nothing known`
        : `the hold of ${alert} is over`;
    case "inactive":
      return `${alert}: still nothing known`;
  }
}

function monitorEffect(effect: AlertEffect, alert: AlertKey, rule: RuleTiming): readonly MonitorEffect[] {
  switch (effect.effect) {
    case "confirm":
      return [{ effect: "confirm", alert }];
    case "transition":
      return [{ effect: "transition", alert, transition: effect, rule }];
    case "blind":
    case "sighted":
      // Raised per cause, not per alert: `blindness.ts` reads it off the records.
      return [];
  }
}

function reasonOf(record: AlertRecord | undefined): string {
  if (record === undefined) return "";
  return record.unknownReason ?? (record.state === "inactive" ? "" : record.reason);
}

function then(step: MonitorStep, next: (state: MonitorState) => MonitorStep): MonitorStep {
  const after = next(step.state);
  return { state: after.state, effects: [...step.effects, ...after.effects] };
}
