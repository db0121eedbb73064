/**
 * Metrics of the listener: what came in, and what the running workflows say of themselves. Of what is not known there is no sample,
 * or one that says so: never the last good one.
 */

import type { Definitions } from "./metric.js";
import { BY } from "./metric.js";

const SYSTEM = { system: BY.system } as const;

export const SERVE_METRICS = {
  blind: {
    kind: "gauge",
    name: "tocsin_blind",
    help: "1 while something that should be watched is not seen, or it is not known what should be; else 0.",
    labels: {},
  },
  systemUp: {
    kind: "gauge",
    name: "tocsin_system_up",
    help: "1 while all of a system is seen: its monitors run and answer, its sweeps come back, nothing is hidden; else 0.",
    labels: SYSTEM,
  },
  monitorBlind: {
    kind: "gauge",
    name: "tocsin_monitor_blind",
    help: "1 while a monitor does not run, is not answered for, is not swept, or has known nothing of an alert for too long; else 0.",
    labels: { monitor: BY.monitor },
  },
  temporalUp: {
    kind: "gauge",
    name: "tocsin_temporal_up",
    help: "1 while the Temporal server answers the listener, else 0.",
    labels: {},
  },
  plannedChecks: {
    kind: "gauge",
    name: "tocsin_planned_checks",
    help: "Checks that the applied configuration asks for and nobody has paused.",
    labels: SYSTEM,
  },
  freshChecks: {
    kind: "gauge",
    name: "tocsin_fresh_checks",
    help: "Planned checks with a reading of which something is known that is not older than three of their intervals.",
    labels: SYSTEM,
  },
  pausedChecks: {
    kind: "gauge",
    name: "tocsin_paused_checks",
    help: "Checks that are not probed because somebody paused them.",
    labels: SYSTEM,
  },
  coverage: {
    kind: "gauge",
    name: "tocsin_coverage_ratio",
    help: "Share of the planned checks that are fresh, from 0 to 1; 1 where nothing is planned.",
    labels: SYSTEM,
  },
  sweepBehind: {
    kind: "gauge",
    name: "tocsin_sweep_behind_seconds",
    help: "How much longer than its interval the last sweep of the lane furthest behind its schedule has been back; 0 while on time.",
    labels: SYSTEM,
  },
  alerts: {
    kind: "gauge",
    name: "tocsin_alerts",
    help: "Alerts that are not inactive.",
    labels: { ...SYSTEM, severity: BY.severity, state: "pending, firing, recovering" },
  },
  unknownAlerts: {
    kind: "gauge",
    name: "tocsin_unknown_alerts",
    help: "Alerts of which nothing is known now, whatever their state.",
    labels: SYSTEM,
  },
  unknownLongest: {
    kind: "gauge",
    name: "tocsin_unknown_longest_seconds",
    help: "For how long nothing has been known of the alert that has been unknown longest; 0 when all is known.",
    labels: SYSTEM,
  },
  incidents: {
    kind: "gauge",
    name: "tocsin_open_incidents",
    help: "Incidents that have members, as the server lists them.",
    labels: { system: `${BY.system}, and \`tocsin\` itself`, state: "open, acknowledged, paused" },
  },
  deadLetters: {
    kind: "gauge",
    name: "tocsin_dead_letters_waiting",
    help: "Messages that were given up and wait for somebody, at most 1000; absent while the store is away.",
    labels: {},
  },
  rowsWaiting: {
    kind: "gauge",
    name: "tocsin_store_rows_waiting",
    help: "Rows of decisions that monitors hold until the store has them.",
    labels: SYSTEM,
  },
  rowsDropped: {
    kind: "gauge",
    name: "tocsin_store_rows_dropped",
    help: "Rows of decisions that found no room in a monitor while the store was away; grows in the monitor's life.",
    labels: SYSTEM,
  },
  collectionAge: {
    kind: "gauge",
    name: "tocsin_collection_age_seconds",
    help: "How old what this page says of running workflows is; absent when it says nothing of them.",
    labels: {},
  },
  collectionDuration: {
    kind: "gauge",
    name: "tocsin_collection_duration_seconds",
    help: "How long asking the running workflows took the last time.",
    labels: {},
  },
  collectionFailures: {
    kind: "counter",
    name: "tocsin_collection_failures_total",
    help: "Scrapes that had to be answered without what running workflows say.",
    labels: { reason: "late, failed" },
  },
  received: {
    kind: "counter",
    name: "tocsin_listener_received_total",
    help: "Pings and posted alerts: taken when they are on disk, else refused.",
    labels: { kind: "ping, alert", result: "taken, refused" },
  },
  requests: {
    kind: "counter",
    name: "tocsin_listener_requests_total",
    help: "Requests by the pattern of their route, never by address, and by status.",
    labels: { route: "the routes there are, and `none`", status: "HTTP status codes the listener answers" },
  },
  rateLimited: {
    kind: "counter",
    name: "tocsin_listener_rate_limited_total",
    help: "Requests that were refused because too many wrong tokens came from their network.",
    labels: {},
  },
} as const satisfies Definitions;
