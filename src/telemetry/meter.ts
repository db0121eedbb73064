/** The metrics of one process as prom-client keeps them, made from their definitions. */

import { Counter, Gauge, Histogram } from "prom-client";
import type { Registry } from "prom-client";

import type { Definitions, MetricDefinition } from "./metric.js";

type LabelOf<D extends MetricDefinition> = keyof D["labels"] & string;
type Instrument<D extends MetricDefinition> = D["kind"] extends "counter"
  ? Counter<LabelOf<D>>
  : D["kind"] extends "gauge"
    ? Gauge<LabelOf<D>>
    : Histogram<LabelOf<D>>;

export type Meter<T extends Definitions> = { readonly [Key in keyof T]: Instrument<T[Key]> };

/** A gauge without labels has no value until it is set: 0 would say something that nobody knows. */
export function createMeter<T extends Definitions>(registry: Registry, definitions: T): Meter<T> {
  const instruments = Object.entries(definitions).map(([key, definition]) => [
    key,
    instrument(registry, definition),
  ]);
  return Object.fromEntries(instruments) as Meter<T>;
}

function instrument(
  registry: Registry,
  { kind, name, help, labels, buckets }: MetricDefinition,
): Counter | Gauge | Histogram {
  const base = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  switch (kind) {
    case "counter":
      return new Counter(base);
    case "gauge":
      return forget(new Gauge(base));
    case "histogram":
      return new Histogram({ ...base, ...(buckets === undefined ? {} : { buckets: [...buckets] }) });
  }
}

/** Takes every value from a gauge. */
export function forget<G extends Gauge>(gauge: G): G {
  gauge.reset();
  // `reset` leaves 0 where there are no labels; where there are some, this is no series.
  gauge.remove({});
  return gauge;
}
