/**
 * `/metrics` of the listener: what came in, and what the running workflows say of themselves, asked at most every few seconds
 * whoever scrapes. A scrape is answered within a few seconds, and never with what was true some time ago.
 */

import type { Clock } from "../lib/clock.js";
import { errorText } from "../lib/error-code.js";
import { latest } from "../lib/latest.js";
import { createMeter } from "../telemetry/meter.js";
import type { Page } from "../telemetry/page.js";
import { processMeter } from "../telemetry/process-metrics.js";
import { SERVE_METRICS } from "../telemetry/serve-metrics.js";
import type { Sources } from "../views/sources.js";
import type { VitalSigns } from "../views/vital-signs.js";
import { vitalSignsReader } from "../views/vital-signs.js";
import type { IntakeCounts } from "./intake.js";
import type { ServeMeter } from "./vital-gauges.js";
import { showBlindness, showVitals } from "./vital-gauges.js";

/** Two Prometheus servers cost as much as one. */
const FRESH_MS = 5_000;
/** Well below Prometheus' usual 10 s. */
const PATIENCE_MS = 3_000;

export interface ServeMetrics {
  page(): Promise<Page>;
  /** Hears of every answer. */
  answered(route: string, status: number): void;
}

export interface ServeMetricsOptions {
  readonly sources: Sources;
  readonly clock: Clock;
  readonly counts: { readonly ping: IntakeCounts; readonly alert: IntakeCounts };
  readonly log: (line: string) => void;
  readonly patienceMs?: number;
}

export function serveMetrics({
  sources,
  clock,
  counts,
  log,
  patienceMs = PATIENCE_MS,
}: ServeMetricsOptions): ServeMetrics {
  const { registry, common } = processMeter();
  const meter: ServeMeter = { ...common, ...createMeter(registry, SERVE_METRICS) };
  const readSigns = vitalSignsReader(sources);
  const signs = latest(() => readSigns(clock.now()), { clock, freshMs: FRESH_MS, patienceMs });
  const received = followed(meter, counts);
  let last: VitalSigns | undefined;
  let said: string | undefined;
  return {
    page: async () => {
      const read = await signs();
      // From here to the end of this turn nothing waits: two scrapes at once cannot mix.
      if (read.state === "known") {
        last = read.value;
        said = undefined;
        showVitals(meter, read.value);
        meter.collectionAge.set(read.ageMs / 1_000);
        meter.collectionDuration.set(read.tookMs / 1_000);
      } else {
        showBlindness(meter, last);
        meter.collectionFailures.inc({ reason: read.state });
        const why = read.state === "late" ? `no answer within ${patienceMs} ms` : errorText(read.error);
        if (why !== said) log(`metrics say that nothing is seen: ${why}`);
        said = why;
      }
      received();
      return { type: registry.contentType, text: await registry.metrics() };
    },
    answered: (route, status) => {
      meter.requests.inc({ route, status: String(status) });
      if (status === 429) meter.rateLimited.inc();
    },
  };
}

/** Brings the counters up to what the intakes have counted. */
function followed(meter: ServeMeter, counts: ServeMetricsOptions["counts"]): () => void {
  const kinds = ["ping", "alert"] as const;
  const results = ["taken", "refused"] as const;
  const followers = kinds.flatMap((kind) =>
    results.map((result) => {
      let seen = 0;
      meter.received.inc({ kind, result }, 0);
      return (): void => {
        const now = counts[kind][result];
        meter.received.inc({ kind, result }, now - seen);
        seen = now;
      };
    }),
  );
  return () => {
    for (const follow of followers) follow();
  };
}
