/** Prometheus alerting rules for Tocsin itself, from the metrics as they are defined: what nobody else would tell of. */

import { stringify } from "yaml";

import { COMMON_METRICS } from "../src/telemetry/common-metrics.js";
import { SERVE_METRICS } from "../src/telemetry/serve-metrics.js";
import { WORKER_METRICS } from "../src/telemetry/worker-metrics.js";

interface Rule {
  readonly alert: `Tocsin${string}`;
  readonly expr: string;
  /** A duration as Prometheus writes them. */
  readonly for: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  /** What to do, one or two sentences. */
  readonly action: string;
}

const { storeUp } = COMMON_METRICS;
const { blind, systemUp, coverage, plannedChecks, deadLetters, rowsDropped, received } = SERVE_METRICS;
const { polling, decisionLateness, pageDwell, attempts, readingsLost, readings } = WORKER_METRICS;
const { slots, slotsUsed, clockSkew, clockSkewUncertainty } = WORKER_METRICS;

/** A listener that cannot reach Temporal is blind alone; when every one of a job says so, Tocsin is. */
const RULES: readonly Rule[] = [
  {
    alert: "TocsinListenerAbsent",
    expr: `absent(${blind.name})`,
    for: "2m",
    severity: "critical",
    summary: "No listener of Tocsin can be scraped, so nobody says whether it sees",
    action:
      "Look whether `tocsin serve` runs, and on Prometheus' targets page whether its token still holds.",
  },
  {
    alert: "TocsinWorkerAbsent",
    expr: `absent(${polling.name})`,
    for: "2m",
    severity: "critical",
    summary: "No worker of Tocsin can be scraped; perhaps nobody sweeps and nobody pages",
    action: "Look whether `tocsin worker --metrics …` runs: `tocsin doctor` says what is missing.",
  },
  {
    alert: "TocsinBlind",
    expr: `min by (job) (${blind.name}) == 1`,
    for: "2m",
    severity: "critical",
    summary: "Tocsin does not see something that it should watch",
    action: "`tocsin status` leads with what is not seen and why, `tocsin doctor` with what is broken.",
  },
  {
    alert: "TocsinNobodySweeps",
    expr: `max by (job, system) (${coverage.name}) == 0 and max by (job, system) (${plannedChecks.name}) > 0`,
    for: "2m",
    severity: "critical",
    summary: "No check of {{ $labels.system }} has a fresh reading",
    action: "Start a worker, or mend what keeps it from Temporal: `tocsin doctor`.",
  },
  {
    alert: "TocsinSystemNotSeen",
    expr: `max by (job, system) (${systemUp.name}) == 0`,
    for: "5m",
    severity: "critical",
    summary: "A part of {{ $labels.system }} is not seen",
    action: "`tocsin status {{ $labels.system }}` says which part and since when.",
  },
  {
    alert: "TocsinCoverageLow",
    expr: `max by (job, system) (${coverage.name}) < 0.9`,
    for: "15m",
    severity: "warning",
    summary: "Only {{ $value | humanizePercentage }} of the checks of {{ $labels.system }} are fresh",
    action: "`tocsin alerts {{ $labels.system }}` lists what is unknown, with the reason.",
  },
  {
    alert: "TocsinQueueUnattended",
    expr: `max by (job, queue, kind) (${polling.name}) == 0`,
    for: "2m",
    severity: "critical",
    summary: "No worker asks {{ $labels.queue }} for {{ $labels.kind }} tasks",
    action: "Restart the worker; its log says why it stopped asking.",
  },
  {
    alert: "TocsinDecisionsLate",
    expr: `${p99(`${decisionLateness.name}_bucket`)} > 30`,
    for: "0s",
    severity: "warning",
    summary: "Alerts fired {{ $value | humanizeDuration }} after their deadline",
    action:
      "A confirming probe takes up to its timeout; beyond that, look at the load of the worker and of Temporal.",
  },
  {
    alert: "TocsinPagesSlow",
    expr: `${p99(`${pageDwell.name}_bucket{severity="critical"}`)} > 120`,
    for: "0s",
    severity: "warning",
    summary: "Critical pages took {{ $value | humanizeDuration }} to be accepted",
    action: "`tocsin why <service>` says for each notifier what kept it; a `group_wait` is in this time.",
  },
  {
    alert: "TocsinNotifierFails",
    expr: `sum by (job, notifier) (increase(${attempts.name}{result!="accepted"}[15m])) > 3 unless sum by (job, notifier) (increase(${attempts.name}{result="accepted"}[15m])) > 0`,
    for: "0s",
    severity: "critical",
    summary: "Nothing that Tocsin says to {{ $labels.notifier }} is accepted",
    action:
      "`tocsin notify test {{ $labels.notifier }}` shows the answer; tell people another way meanwhile.",
  },
  {
    alert: "TocsinDeadLetters",
    expr: `max by (job) (${deadLetters.name}) > 0`,
    for: "1m",
    severity: "warning",
    summary: "{{ $value }} messages could not be told to anybody",
    action: "`tocsin deadletters list` shows them; retry or discard each.",
  },
  {
    alert: "TocsinStoreAway",
    expr: `max by (job) (${storeUp.name}) == 0`,
    for: "5m",
    severity: "warning",
    summary: "The store does not answer {{ $labels.job }}: pages go out, history is not written",
    action: "Bring PostgreSQL back; rows of decisions wait in the monitors until then, 2,000 in each.",
  },
  {
    alert: "TocsinRowsDropped",
    expr: `max by (job, system) (delta(${rowsDropped.name}[15m])) > 0`,
    for: "0s",
    severity: "warning",
    summary: "Decisions about {{ $labels.system }} will be missing in its history",
    action: "Bring the store back; nothing that pages depends on these rows.",
  },
  {
    alert: "TocsinReadingsLost",
    expr: `sum by (job) (rate(${readingsLost.name}[10m])) / sum by (job) (rate(${readings.name}[10m])) > 0.05`,
    for: "10m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of the readings do not reach the store in time",
    action: "The store is too slow for 300 ms: look at its disk and its connections.",
  },
  {
    alert: "TocsinClockSkewed",
    expr: `abs(${clockSkew.name}) - ${clockSkewUncertainty.name} > 1`,
    for: "10m",
    severity: "warning",
    summary:
      "The clock of {{ $labels.instance }} is {{ $value | humanizeDuration }} from the Temporal server's",
    action:
      "Set the clock: certificates and signatures of webhooks go by it. Pages are on time all the same.",
  },
  {
    alert: "TocsinTaskSlotsFull",
    expr: `${slotsUsed.name} / ${slots.name} > 0.9`,
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.instance }} is full: {{ $value | humanizePercentage }} of {{ $labels.queue }}",
    action: "Run another worker with this role.",
  },
  {
    alert: "TocsinIntakeRefuses",
    expr: `sum by (job, kind) (increase(${received.name}{result="refused"}[10m])) > 0`,
    for: "0s",
    severity: "warning",
    summary: "{{ $labels.kind }}s were refused: who sent them heard so, and may not send again",
    action: "The store does not keep up or is away; bring it back.",
  },
];

export function rulesFile(): string {
  const rules = RULES.map(({ severity, summary, action, ...rule }) => ({
    ...rule,
    labels: { severity },
    annotations: { summary, action },
  }));
  const note = "# Generated from the metrics that there are (scripts/tocsin-rules.ts): `npm run docs`.\n";
  return note + stringify({ groups: [{ name: "tocsin", rules }] }, { lineWidth: 0 });
}

/** Of what was observed within half an hour. Not by the severity of alerts: that label is the rule's own. */
function p99(buckets: string): string {
  return `histogram_quantile(0.99, sum by (job, le) (increase(${buckets}[30m])))`;
}
