/** The Grafana dashboard of Tocsin itself, from the metrics as they are defined. */

import { COMMON_METRICS } from "../src/telemetry/common-metrics.js";
import { SERVE_METRICS } from "../src/telemetry/serve-metrics.js";
import { WORKER_METRICS } from "../src/telemetry/worker-metrics.js";

interface Query {
  readonly expr: string;
  /** As Grafana fills it in: `{{system}}`. */
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly says: string;
  readonly type: "stat" | "timeseries";
  readonly unit: "none" | "s" | "percentunit" | "ops";
  readonly queries: readonly Query[];
}

const { storeUp, build } = COMMON_METRICS;
const S = SERVE_METRICS;
const W = WORKER_METRICS;
const GRID_WIDTH = 24;
const STATS_IN_A_ROW = 6;

const PANELS: readonly Panel[] = [
  stat("Blind", S.blind.help, `max(${S.blind.name})`),
  stat("Systems not seen", S.systemUp.help, `count(${S.systemUp.name} == 0) or vector(0)`),
  stat("Firing", S.alerts.help, `sum(${S.alerts.name}{state="firing"})`),
  stat("Open incidents", S.incidents.help, `sum(${S.incidents.name})`),
  stat("Dead letters", S.deadLetters.help, `max(${S.deadLetters.name})`),
  stat("Store", storeUp.help, `min(${storeUp.name})`),
  graph("Coverage", "percentunit", S.coverage.help, [by(S.coverage.name, "system")]),
  graph("Behind schedule", "s", S.sweepBehind.help, [by(S.sweepBehind.name, "system")]),
  graph("Readings", "ops", W.readings.help, [
    { expr: `sum by (outcome) (rate(${W.readings.name}[$__rate_interval]))`, legend: "{{outcome}}" },
  ]),
  graph("Alerts", "none", S.alerts.help, [
    { expr: `sum by (severity, state) (${S.alerts.name})`, legend: "{{severity}} {{state}}" },
    { expr: `sum(${S.unknownAlerts.name})`, legend: "unknown" },
  ]),
  graph("Sweeps", "s", W.sweepDuration.help, quantiles(W.sweepDuration.name)),
  graph("Sweeps waiting for a worker", "s", W.sweepLag.help, quantiles(W.sweepLag.name)),
  graph("Lateness of decisions", "s", W.decisionLateness.help, quantiles(W.decisionLateness.name)),
  graph("From firing to accepted page", "s", W.pageDwell.help, quantiles(W.pageDwell.name)),
  graph("Attempts to tell", "ops", W.attempts.help, [
    {
      expr: `sum by (notifier, result) (rate(${W.attempts.name}[$__rate_interval]))`,
      legend: "{{notifier}} {{result}}",
    },
  ]),
  graph("Task slots in use", "percentunit", W.slotsUsed.help, [
    {
      expr: `max by (queue, kind) (${W.slotsUsed.name} / ${W.slots.name})`,
      legend: "{{queue}} {{kind}}",
    },
  ]),
  graph("Rows waiting for the store", "none", S.rowsWaiting.help, [by(S.rowsWaiting.name, "system")]),
  graph("Pings and posted alerts", "ops", S.received.help, [
    {
      expr: `sum by (kind, result) (rate(${S.received.name}[$__rate_interval]))`,
      legend: "{{kind}} {{result}}",
    },
  ]),
  graph("Clock skew", "s", W.clockSkew.help, [by(W.clockSkew.name, "instance")]),
  graph("Processes", "none", build.help, [
    { expr: `count by (job, version) (${build.name})`, legend: "{{job}} {{version}}" },
  ]),
];

export function dashboard(): string {
  const board = {
    uid: "tocsin",
    title: "Tocsin",
    description: "Whether Tocsin itself sees and does its work. Generated from its metrics: `npm run docs`.",
    tags: ["tocsin"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        {
          name: "datasource",
          label: "Prometheus",
          type: "datasource",
          query: "prometheus",
          current: {},
          hide: 0,
        },
      ],
    },
    annotations: { list: [] },
    panels: placed(PANELS),
  };
  return JSON.stringify(board);
}

/** Six small ones in the first row, then two in each. */
function placed(panels: readonly Panel[]): readonly object[] {
  let [x, y] = [0, 0];
  return panels.map((panel, index) => {
    const [w, h] = panel.type === "stat" ? [GRID_WIDTH / STATS_IN_A_ROW, 4] : [GRID_WIDTH / 2, 8];
    const gridPos = { x, y, w, h };
    x += w;
    if (x >= GRID_WIDTH) [x, y] = [0, y + h];
    return { id: index + 1, gridPos, ...drawn(panel) };
  });
}

function drawn({ title, says, type, unit, queries }: Panel): object {
  const datasource = { type: "prometheus", uid: "${datasource}" };
  return {
    type,
    title,
    description: says,
    datasource,
    fieldConfig: { defaults: { unit }, overrides: [] },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource,
      expr,
      legendFormat: legend,
    })),
  };
}

function stat(title: string, says: string, expr: string): Panel {
  return { title, says, type: "stat", unit: "none", queries: [{ expr, legend: title }] };
}

function graph(title: string, unit: Panel["unit"], says: string, queries: readonly Query[]): Panel {
  return { title, says, type: "timeseries", unit, queries };
}

function by(name: string, label: string): Query {
  return { expr: `max by (${label}) (${name})`, legend: `{{${label}}}` };
}

function quantiles(name: string): readonly Query[] {
  return [0.5, 0.99].map((share) => ({
    expr: `histogram_quantile(${share}, sum by (le) (rate(${name}_bucket[$__rate_interval])))`,
    legend: `p${share * 100}`,
  }));
}
