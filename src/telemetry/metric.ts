/**
 * What a metric is, as data: its definition is what makes it in a process, what the reference page, the dashboard and the alerting
 * rules are generated from, and what tests read. Names follow Prometheus: base units, `_total` on counters.
 */

export interface MetricDefinition {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly name: `tocsin_${string}`;
  /** One sentence, with the unit where the name has none. */
  readonly help: string;
  /** Label to what bounds its values: never an id that grows with what happens. */
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram, in the unit of its name. */
  readonly buckets?: readonly number[];
}

export type Definitions = Readonly<Record<string, MetricDefinition>>;

/** Bounds of label values, in the words of the reference page. */
export const BY = {
  system: "a configured system",
  monitor: "a configured system, and its shard from the second on",
  notifier: "a configured notifier",
  severity: "critical, warning, info",
  outcome: "good, degraded, bad, unknown",
} as const;
