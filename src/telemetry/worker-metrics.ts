/** Metrics of a worker: measured in its activities, never in workflow code, which is run again whenever a history is replayed. */

import type { Definitions } from "./metric.js";
import { BY } from "./metric.js";

const SHORT_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** From "at once" to "the next day". */
const LONG_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

const SLOTS = {
  queue: "a task queue of this worker: three, and one for each of its locations",
  kind: "workflow, activity",
} as const;

export const WORKER_METRICS = {
  sweepDuration: {
    kind: "histogram",
    name: "tocsin_sweep_duration_seconds",
    help: "How long sweeps took in this worker, from their begin to their return; the count is that of sweeps.",
    labels: { system: BY.system },
    buckets: SHORT_SECONDS,
  },
  sweepLag: {
    kind: "histogram",
    name: "tocsin_sweep_lag_seconds",
    help: "From when its monitor scheduled a sweep to when a worker began it, corrected by the clock skew.",
    labels: { system: BY.system },
    buckets: SHORT_SECONDS,
  },
  sweepsCut: {
    kind: "counter",
    name: "tocsin_sweeps_cut_total",
    help: "Sweeps that ended before all of their checks had answered: at their deadline, or because the worker stops.",
    labels: { system: BY.system },
  },
  checks: {
    kind: "counter",
    name: "tocsin_checks_total",
    help: "Checks made.",
    labels: { system: BY.system },
  },
  readings: {
    kind: "counter",
    name: "tocsin_readings_total",
    help: "Readings of checks by outcome; a check that sees several subjects makes one for each.",
    labels: { system: BY.system, outcome: BY.outcome },
  },
  transitions: {
    kind: "counter",
    name: "tocsin_alert_transitions_total",
    help: "Changes of alerts' states, each counted once when this worker first hears of it.",
    labels: { system: BY.system, severity: BY.severity, to: "inactive, pending, firing, recovering" },
  },
  decisionLateness: {
    kind: "histogram",
    name: "tocsin_decision_lateness_seconds",
    help: "From the deadline of an alert's `for` to the decision that it fires; one confirming probe lies between.",
    labels: { severity: BY.severity },
    buckets: LONG_SECONDS,
  },
  attempts: {
    kind: "counter",
    name: "tocsin_delivery_attempts_total",
    help: "Attempts to tell a notifier, by how they ended.",
    labels: { notifier: BY.notifier, result: "accepted, retry, ambiguous, rejected" },
  },
  attemptDuration: {
    kind: "histogram",
    name: "tocsin_delivery_attempt_duration_seconds",
    help: "How long attempts to tell a notifier took.",
    labels: { notifier: BY.notifier },
    buckets: SHORT_SECONDS,
  },
  deliveryDwell: {
    kind: "histogram",
    name: "tocsin_delivery_dwell_seconds",
    help: "From the decision to tell a notifier something to its accepted delivery, corrected by the clock skew.",
    labels: {
      notifier: BY.notifier,
      kind: "firing, updated, escalated, repeated, acknowledged, resolved",
    },
    buckets: LONG_SECONDS,
  },
  pageDwell: {
    kind: "histogram",
    name: "tocsin_page_dwell_seconds",
    help: "From when the first alert of a first page fired to the page's accepted delivery, group_wait included.",
    labels: { severity: BY.severity },
    buckets: LONG_SECONDS,
  },
  lettersDied: {
    kind: "counter",
    name: "tocsin_dead_letters_total",
    help: "Messages that were given up, each counted once when this worker first hears of it.",
    labels: { notifier: BY.notifier },
  },
  readingsLost: {
    kind: "counter",
    name: "tocsin_store_readings_lost_total",
    help: "Readings that the store did not take in time; no decision is made by them.",
    labels: {},
  },
  recordFailures: {
    kind: "counter",
    name: "tocsin_store_record_failures_total",
    help: "Batches of transitions, events and deliveries that the store did not take; they are sent again.",
    labels: {},
  },
  slots: {
    kind: "gauge",
    name: "tocsin_worker_task_slots",
    help: "Tasks of a task queue that this worker does at once at most.",
    labels: SLOTS,
  },
  slotsUsed: {
    kind: "gauge",
    name: "tocsin_worker_task_slots_used",
    help: "Tasks of a task queue that this worker does now.",
    labels: SLOTS,
  },
  polling: {
    kind: "gauge",
    name: "tocsin_worker_polling",
    help: "1 while this worker asks this task queue for work of this kind, else 0.",
    labels: SLOTS,
  },
  clockSkew: {
    kind: "gauge",
    name: "tocsin_clock_skew_seconds",
    help: "This machine's clock less the Temporal server's, as measured within the last few scrapes; absent until it is known.",
    labels: {},
  },
  clockSkewUncertainty: {
    kind: "gauge",
    name: "tocsin_clock_skew_uncertainty_seconds",
    help: "The truth lies within this of tocsin_clock_skew_seconds.",
    labels: {},
  },
} as const satisfies Definitions;
