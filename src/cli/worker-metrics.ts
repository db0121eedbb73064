/** What `tocsin worker --metrics` shows: its own measurements, and those of the Temporal SDK beside them. */

import type { MetricsListening } from "../api/metrics-listening.js";
import { listenForMetrics } from "../api/metrics-listening.js";
import type { App } from "../app.js";
import { freePort } from "../embedded/postgres-address.js";
import { systemClock } from "../lib/clock.js";
import { errorText } from "../lib/error-code.js";
import type { Logger } from "../telemetry/logger.js";
import type { WorkerMeter } from "../telemetry/worker-meter.js";
import type { ClockSkew, ClockSkewMeter } from "../temporal/clock-skew.js";
import { sdkPage } from "../temporal/sdk-page.js";
import { taskSlots } from "../temporal/task-slots.js";
import type { QueueWorker } from "../temporal/worker.js";
import { installRuntime } from "../temporal/worker.js";
import type { HostAndPort } from "./parse-values.js";

/** A measurement costs the server one poll. */
const SKEW_EVERY_MS = 60_000;

/** Installs the SDK's runtime; with metrics, resolves to the port of its exporter, if it could have one. */
export async function installMeasuredRuntime(log: Logger, metrics: boolean): Promise<number | undefined> {
  if (!metrics) {
    installRuntime(log);
    return undefined;
  }
  const port = await freePort();
  try {
    installRuntime(log, port);
    return port;
  } catch (error) {
    // Somebody took the port meanwhile: sweeps matter more.
    log.warn(`the Temporal SDK's metrics are off: ${errorText(error)}`);
    installRuntime(log);
    return undefined;
  }
}

export function listenForWorkerMetrics(
  where: HostAndPort,
  app: App,
  meter: WorkerMeter,
  workers: readonly QueueWorker[],
  sdkPort: number | undefined,
): Promise<MetricsListening> {
  const { store, kept, log } = app;
  const skew = keptSkew(app.clockSkew, log);
  return listenForMetrics({
    ...where,
    pages: {
      "/metrics": () =>
        meter.page({ storeUp: kept.away() === undefined, slots: taskSlots(workers), skew: skew() }),
      ...(sdkPort === undefined ? {} : { "/metrics/temporal": () => sdkPage(sdkPort) }),
    },
    works: () => taskSlots(workers).every(({ polling }) => polling),
    store,
    clock: systemClock,
    log: (line) => {
      log.warn(line);
    },
  });
}

/** What is known now; an old measurement is repeated for who asks next. */
function keptSkew(meter: ClockSkewMeter, log: Logger): () => ClockSkew | undefined {
  let measuring = false;
  let triedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = systemClock.monotonic();
    if (!measuring && now - triedAt > SKEW_EVERY_MS) {
      measuring = true;
      triedAt = now;
      meter
        .measure()
        .catch((error: unknown) => {
          log.debug(`the clock's skew could not be measured: ${errorText(error)}`);
        })
        .finally(() => {
          measuring = false;
        });
    }
    return meter.last();
  };
}
