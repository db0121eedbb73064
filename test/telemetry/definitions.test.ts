import { describe, expect, it } from "@jest/globals";

import { COMMON_METRICS } from "../../src/telemetry/common-metrics.js";
import type { MetricDefinition } from "../../src/telemetry/metric.js";
import { SERVE_METRICS } from "../../src/telemetry/serve-metrics.js";
import { WORKER_METRICS } from "../../src/telemetry/worker-metrics.js";

/** Names and texts as Prometheus' own rules want them; what promtool says of whole pages is asked in `integration/prometheus`. */
const ALL: readonly MetricDefinition[] = [COMMON_METRICS, WORKER_METRICS, SERVE_METRICS].flatMap((some) =>
  Object.values<MetricDefinition>(some),
);
const BASE_UNITS = /_(seconds|ratio|bytes|info)(_total)?$/;
const FLAG = "1 while ";
/** Things that are counted have no unit. */
const COUNTED =
  /(checks|alerts|incidents|letters|rows|slots|readings|sweeps|transitions|attempts|failures|received|requests|limited)/;

describe.each(ALL.map((each) => [each.name, each] as const))(
  "%s",
  (name, { kind, help, labels, buckets }) => {
    it("is named as Prometheus wants it: a base unit unless it counts or is a flag, `_total` for counters alone", () => {
      expect(name).toMatch(/^tocsin_[a-z][a-z_]*[a-z]$/);
      expect(name).not.toMatch(/_(count|sum|bucket)$|milli|minute|hour|percent/);
      expect(name.endsWith("_total")).toBe(kind === "counter");
      if (kind === "histogram") expect(name).toMatch(/_seconds$/);
      if (!BASE_UNITS.test(name) && !help.startsWith(FLAG)) expect(name).toMatch(COUNTED);
    });

    it("says what it is in one sentence", () => {
      expect(help).toMatch(/^[A-Z0-9].*[^.]\.$/);
      expect(help).not.toContain("\n");
    });

    it("has labels that are bounded by what is configured or built, never by what happens", () => {
      for (const [label, bound] of Object.entries(labels)) {
        expect(label).toMatch(/^(?!alert|check|subject|incident|id$)[a-z]+$/);
        expect(bound).not.toBe("");
      }
      if (kind === "histogram") expect(buckets).toEqual([...(buckets ?? [0])].sort((a, b) => a - b));
    });
  },
);

it("no two metrics share a name", () => {
  expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
});
