/** What every process measures of itself: which Tocsin it is, and what prom-client knows of Node.js. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { collectDefaultMetrics, Registry } from "prom-client";

import { packageRoot } from "../lib/package-root.js";
import { COMMON_METRICS } from "./common-metrics.js";
import type { Meter } from "./meter.js";
import { createMeter } from "./meter.js";

/** Gauges whose names end as counters' do. */
const MISNAMED = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
];

export interface ProcessMeter {
  readonly registry: Registry;
  readonly common: Meter<typeof COMMON_METRICS>;
}

/** A registry of its own, so that several can be in one process. */
export function processMeter(): ProcessMeter {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const common = createMeter(registry, COMMON_METRICS);
  common.build.set({ version: version(), node: process.versions.node }, 1);
  return { registry, common };
}

function version(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    readonly version: string;
  };
  return version;
}
