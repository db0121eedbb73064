/** What workflows write down for people to read later: edges of alerts, events of incidents, deliveries. */

import type { AlertStateName } from "./alert-state.js";
import type { AlertId, IncidentId } from "./ids.js";
import type { AttemptResult, MessageKind } from "./message.js";
import type { Severity } from "./severity.js";

export type Facts = Readonly<Record<string, string | number | boolean>>;

/** One edge of one alert, recorded by its monitor. */
export interface AlertTransition {
  readonly workflowId: string;
  /** Grows within the workflow id, over runs; with it, the key of the row. */
  readonly seq: number;
  readonly alert: AlertId;
  readonly at: number;
  readonly from: AlertStateName;
  readonly to: AlertStateName;
  readonly episode?: number;
  readonly severity: Severity;
  readonly reason: string;
  /** The numbers the decision was made on: bad readings, coverage, deadline, clocks. */
  readonly facts: Facts;
}

/** One line of an incident's log: an edge told or untold, a command, a step of the ladder. */
export interface IncidentEvent {
  readonly workflowId: string;
  readonly seq: number;
  readonly incident: IncidentId;
  readonly at: number;
  /** `opened, reopened, member, member-ended, ended, acknowledged, unacknowledged, paused, resumed, resolving, escalated, step, fallback, repeat, refused, comment, closed` */
  readonly kind: string;
  readonly by?: string;
  readonly text: string;
  readonly facts: Facts;
}

/** What became of one attempt to tell one notifier, or why there was none. */
export interface DeliveryRecord {
  readonly workflowId: string;
  readonly seq: number;
  /** `<incident id>/<notifier>/<n>` */
  readonly key: string;
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  readonly kind: MessageKind;
  readonly at: number;
  readonly attempt: number;
  readonly result: AttemptResult["result"] | "superseded" | "dead" | "held" | "discarded";
  readonly reason?: string;
}

/** What goes to the store in one batch. */
export interface StoryBatch {
  readonly transitions?: readonly AlertTransition[];
  readonly incidentEvents?: readonly IncidentEvent[];
  readonly deliveries?: readonly DeliveryRecord[];
}
