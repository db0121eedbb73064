/** The generated parts of docs/metrics.md: every metric there is, and how Prometheus is told to fetch them. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { packageRoot } from "../src/lib/package-root.js";
import { COMMON_METRICS } from "../src/telemetry/common-metrics.js";
import type { Definitions, MetricDefinition } from "../src/telemetry/metric.js";
import { SERVE_METRICS } from "../src/telemetry/serve-metrics.js";
import { WORKER_METRICS } from "../src/telemetry/worker-metrics.js";

const PATH = "docs/metrics.md";
const SECTIONS: readonly (readonly [string, Definitions])[] = [
  ["Of every process", COMMON_METRICS],
  ["Of the listener", SERVE_METRICS],
  ["Of a worker", WORKER_METRICS],
];

/** The page as it should be, from the page as it is: what is written by hand stays. */
export async function metricsPage(): Promise<string> {
  const page = await readFile(join(packageRoot, PATH), "utf8");
  const config = await readFile(join(packageRoot, "deploy", "prometheus", "prometheus.yaml"), "utf8");
  const scrape = config.slice(config.indexOf("scrape_configs:"));
  const parts = { scrape: `\`\`\`yaml\n${scrape}\`\`\``, metrics: SECTIONS.map(section).join("\n") };
  const filled = Object.entries(parts).reduce((text, [name, part]) => fill(text, name, part), page);
  return format(filled, { ...(await resolveConfig(join(packageRoot, PATH))), parser: "markdown" });
}

function fill(page: string, name: string, part: string): string {
  const [begin, end] = [`<!-- begin generated: ${name} -->`, `<!-- end generated: ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${PATH} has no place for '${name}'`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}

function section([title, definitions]: readonly [string, Definitions]): string {
  const rows = Object.values<MetricDefinition>(definitions).map(row);
  return `### ${title}\n\n| metric | kind | what it says | labels |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function row({ name, kind, help, labels }: MetricDefinition): string {
  const bounds = Object.entries(labels).map(([label, bound]) => `\`${label}\`: ${bound}`);
  return `| \`${name}\` | ${kind} | ${help} | ${bounds.join("; ")} |`;
}
