import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";

import { packageRoot } from "../../src/lib/package-root.js";
import { COMMON_METRICS } from "../../src/telemetry/common-metrics.js";
import type { MetricDefinition } from "../../src/telemetry/metric.js";
import { SERVE_METRICS } from "../../src/telemetry/serve-metrics.js";
import { WORKER_METRICS } from "../../src/telemetry/worker-metrics.js";

/** What is shipped to watch Tocsin itself; what promtool says of it is asked in `integration/deploy-rules`. */
const read = (name: string): string => readFileSync(join(packageRoot, "deploy", name), "utf8");

const NAMES = new Set(
  [COMMON_METRICS, SERVE_METRICS, WORKER_METRICS].flatMap((some) =>
    Object.values<MetricDefinition>(some).map(({ name }) => name as string),
  ),
);

interface RulesFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface TestFile {
  readonly tests: readonly { readonly alert_rule_test?: readonly Expected[] }[];
}

interface Expected {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

const rules = (parse(read("prometheus/rules.yaml")) as RulesFile).groups.flatMap((group) => group.rules);

describe.each(["prometheus/rules.yaml", "prometheus/rules.test.yaml", "grafana/tocsin.json"])(
  "%s",
  (file) => {
    it("names only metrics that there are", () => {
      const named = read(file).match(/\btocsin_[a-z_]+/g) ?? [];
      expect(named.length).toBeGreaterThan(10);
      const unknown = named.filter(
        (name) => !NAMES.has(name.replace(/_(bucket|count|sum)$/, "")) && !NAMES.has(name),
      );
      expect(unknown).toEqual([]);
    });
  },
);

describe("the alerting rules", () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    "%s says what to do",
    (_name, { labels, annotations }) => {
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(annotations).toEqual({
        summary: expect.any(String) as unknown,
        action: expect.any(String) as unknown,
      });
    },
  );

  it("are each seen to fire by a test", () => {
    const { tests } = parse(read("prometheus/rules.test.yaml")) as TestFile;
    const fired = tests
      .flatMap((each) => each.alert_rule_test ?? [])
      .filter(({ exp_alerts: alerts }) => alerts.length > 0)
      .map(({ alertname }) => alertname);
    expect([...new Set(fired)].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });
});
