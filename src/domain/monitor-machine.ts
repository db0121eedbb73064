/**
 * The monitor machine: folds configuration, sweeps, time and what incidents say over all alerts of one monitor. Pure; one alert's
 * rules are in `alert-machine.ts`.
 */

import { isEpisode } from "./alert-machine.js";
import type { RuleTiming } from "./alert-state.js";
import { isBlindAlert, releaseBlind } from "./blindness.js";
import type { AlertId } from "./ids.js";
import { foldAlerts } from "./monitor-alerts.js";
import type { LanePlan, MonitorPlan } from "./monitor-plan.js";
import { checkOfAlert, serviceOfKey } from "./monitor-plan.js";
import type { MonitorState, MonitorStep } from "./monitor-state.js";
import { indexPlan } from "./plan-index.js";
import { unsweptUnder } from "./unswept.js";

export { foldSweep, sweepInput } from "./monitor-sweeps.js";
export { alertsDue, foldTime, upkeepDue } from "./monitor-time.js";

/** The episodes of one service that an incident means: those it names, or all of it, when there are more than it knows by name. */
export interface MeantEpisodes {
  readonly service: string;
  readonly alerts: readonly { readonly alert: AlertId; readonly episode: number }[];
  readonly all: boolean;
}

/** The clocks of a rule that is not in the plan any more: only `removed` is ever asked of it. */
const FORGOTTEN_RULE: RuleTiming = {
  forMs: 0,
  recoverForMs: 0,
  recoverAfter: 1,
  minBad: 1,
  unknownForMs: 0,
  severity: "info",
  everyMs: 1,
};

/**
 * Gives every lane of the plan a clock and keeps those it has; ends what has no rule any more, and brings the others in line with
 * their rules as they are now. `before` is the plan until now; absent when this one is the first, or the same read again.
 */
export function takePlan(
  state: MonitorState,
  plan: MonitorPlan,
  stagger: (lane: LanePlan) => number,
  now: number,
  before?: MonitorPlan,
): MonitorStep {
  const lanes = Object.fromEntries(
    plan.lanes.map((lane) => {
      const first = now + stagger(lane);
      return [lane.key, state.lanes[lane.key] ?? { anchor: first, next: first }];
    }),
  );
  const index = indexPlan(plan);
  const fold = foldAlerts({ ...state, lanes, unswept: unsweptUnder(state, plan, before) });
  for (const alert of Object.keys(state.alerts)) {
    const rule = index.timing(alert);
    if (rule === undefined) {
      const end = index.hasCheck(checkOfAlert(alert)) ? "rule deleted" : "check removed";
      fold.apply(alert, FORGOTTEN_RULE, { kind: "removed", end, now });
    } else {
      fold.apply(alert, rule, { kind: "configured", now });
    }
  }
  return fold.step();
}

/** Ends episodes by hand; what is about blindness is no record of an alert. */
export function release(
  state: MonitorState,
  plan: MonitorPlan,
  meant: MeantEpisodes,
  now: number,
): MonitorStep {
  const blind = meant.alerts.filter(({ alert }) => isBlindAlert(alert));
  return foldMeant(
    blind.length === 0 ? state : releaseBlind(state, blind, now),
    plan,
    meant,
    "released",
    now,
  );
}

/** An incident was acknowledged: alerts that hold until then end. */
export function acknowledged(
  state: MonitorState,
  plan: MonitorPlan,
  meant: MeantEpisodes,
  now: number,
): MonitorStep {
  return foldMeant(state, plan, meant, "acknowledged", now);
}

function foldMeant(
  state: MonitorState,
  plan: MonitorPlan,
  { service, alerts, all }: MeantEpisodes,
  kind: "released" | "acknowledged",
  now: number,
): MonitorStep {
  const named = new Map<string, number>(alerts.map(({ alert, episode }) => [alert, episode]));
  const rules = indexPlan(plan);
  const fold = foldAlerts(state);
  for (const [alert, record] of Object.entries(state.alerts)) {
    const rule = rules.timing(alert);
    if (rule === undefined || !isEpisode(record) || serviceOfKey(alert) !== service) continue;
    const episode = named.get(`${state.system}/${alert}`) ?? (all ? record.episode : undefined);
    if (episode !== undefined) fold.apply(alert, rule, { kind, episode, now });
  }
  return fold.step();
}
