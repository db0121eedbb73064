/** Events for the alerts of one monitor: what each changes, and which incidents must hear of it. Pure for whoever calls it. */

import { isEpisode, severityOfAlert, stepAlert } from "./alert-machine.js";
import type { AlertEvent } from "./alert-machine.js";
import type { AlertEffect, AlertRecord, RuleTiming } from "./alert-state.js";
import type { AlertKey } from "./monitor-plan.js";
import { serviceOfKey } from "./monitor-plan.js";
import type { MonitorEffect, MonitorState, MonitorStep, Telling } from "./monitor-state.js";
import { MAX_ALERTS } from "./monitor-state.js";
import { marksSlice, markTelling } from "./telling.js";

/** Many events over one copy of the state: as many copies as events would make a sweep's cost grow with its square. */
export interface AlertFold {
  recordOf(alert: AlertKey): AlertRecord | undefined;
  apply(alert: AlertKey, rule: RuleTiming, event: AlertEvent): void;
  /** Alerts that found no room. */
  refused(): number;
  step(): MonitorStep;
}

export function foldAlerts(state: MonitorState): AlertFold {
  let alerts: Map<AlertKey, AlertRecord> | undefined;
  const tellings = new Map<string, Telling>();
  const effects: MonitorEffect[] = [];
  let refused = 0;

  const recordOf = (alert: AlertKey): AlertRecord | undefined =>
    alerts === undefined ? state.alerts[alert] : alerts.get(alert);

  function apply(alert: AlertKey, rule: RuleTiming, event: AlertEvent): void {
    const before = recordOf(alert);
    const step = stepAlert(before, rule, event);
    if (step.alert === before && step.effects.length === 0) return;
    alerts ??= new Map(Object.entries(state.alerts));
    if (step.alert !== undefined && before === undefined && alerts.size >= MAX_ALERTS) {
      refused += 1;
      return;
    }
    if (step.alert === undefined) alerts.delete(alert);
    else alerts.set(alert, step.alert);
    const severity = severityOfAlert(isEpisode(step.alert) ? step.alert : before, rule);
    if (severity !== "info" && marksSlice(before, step)) {
      const service = serviceOfKey(alert);
      const telling = tellings.get(service) ?? state.tellings[service];
      tellings.set(service, markTelling(telling, state, alert, before, step.effects, event.now));
    }
    for (const effect of step.effects) effects.push(...monitorEffect(effect, alert, { ...rule, severity }));
  }

  return {
    recordOf,
    apply,
    refused: () => refused,
    step: () => ({
      state: {
        ...state,
        ...(alerts === undefined ? {} : { alerts: Object.fromEntries(alerts) }),
        ...(tellings.size === 0 ? {} : { tellings: { ...state.tellings, ...Object.fromEntries(tellings) } }),
      },
      effects,
    }),
  };
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
