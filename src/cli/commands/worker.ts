/** `tocsin worker`: runs the workflows, the sweeps and the deliveries, or a part of them. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Command } from "commander";
import { Option } from "commander";

import { openApp, workerDependencies } from "../../app.js";
import type { App } from "../../app.js";
import { createLogger } from "../../telemetry/logger.js";
import { workerMeter } from "../../telemetry/worker-meter.js";
import { connectWorker } from "../../temporal/connection.js";
import { keepMonitors } from "../../temporal/keep-monitors.js";
import type { KeptMonitors } from "../../temporal/keep-monitors.js";
import { ensureSearchAttributes } from "../../temporal/search-attributes.js";
import { createWorkers, ROLES } from "../../temporal/worker.js";
import type { Role } from "../../temporal/worker.js";
import { resolveContext, withConnection } from "../context.js";
import type { ConnectionFlags } from "../context.js";
import type { Io } from "../io.js";
import { hostAndPort } from "../parse-values.js";
import type { HostAndPort } from "../parse-values.js";
import type { Session } from "../session.js";
import { onStop } from "../stopping.js";
import { installMeasuredRuntime, listenForWorkerMetrics } from "../worker-metrics.js";

interface WorkerFlags extends ConnectionFlags {
  readonly role: readonly Role[];
  readonly location?: readonly string[];
  readonly metrics?: HostAndPort;
  readonly json?: true;
  readonly supervised?: true;
}

/** The file in the state folder that says that sweeps run: `{pid, sweptAt}`. */
export const WORKER_FACTS = "worker.json";

export function registerWorker(program: Command, { io }: Session): void {
  withConnection(program.command("worker"))
    .description("run workflows, sweeps and deliveries")
    .addOption(
      new Option("--role <roles...>", "what this worker does").choices([...ROLES]).default([...ROLES]),
    )
    .option("--location <names...>", "probe only the checks that must run at these locations")
    .addOption(
      new Option("--metrics <host:port>", "where to answer scrapes of its metrics; nowhere unless given")
        .env("TOCSIN_METRICS")
        .argParser(hostAndPort),
    )
    .option("--json", "log JSON lines")
    .addOption(new Option("--supervised", "end when standard input closes").hideHelp())
    .action((flags: WorkerFlags) => runWorker(flags, io));
}

async function runWorker(flags: WorkerFlags, io: Io): Promise<void> {
  const context = resolveContext(flags, io, "made");
  const log = createLogger("worker", { pretty: flags.json !== true });
  const sdkPort = await installMeasuredRuntime(log, flags.metrics !== undefined);
  const app = await openApp(context, log);
  const { connection, namespace } = await connectWorker(context);
  const attributes = await ensureSearchAttributes(app.temporal.connection, namespace, (line) => {
    log.warn(line);
  });
  const settings = {
    connection,
    namespace,
    prefix: context.prefix,
    roles: flags.role,
    locations: flags.location ?? [],
    log,
  };
  const meter = workerMeter(() => app.clockSkew.last());
  const queues = await createWorkers(
    settings,
    workerDependencies(app, () => attributes, meter, firstSweep(app)),
  );
  const workers = queues.map(({ worker }) => worker);
  const metrics =
    flags.metrics === undefined
      ? undefined
      : await listenForWorkerMetrics(flags.metrics, app, meter, queues, sdkPort);
  const stopping = new AbortController();
  onStop(flags.supervised === true, () => {
    log.info("stopping: sweeps are handed over");
    stopping.abort();
    for (const worker of workers) if (worker.getState() === "RUNNING") worker.shutdown();
  });
  log.info({ roles: flags.role.join(), namespace, address: context.address }, "running");
  const kept = flags.role.includes("control")
    ? keepMonitors(keptMonitors(app, attributes), stopping.signal)
    : undefined;
  await Promise.all(workers.map((worker) => worker.run()));
  stopping.abort();
  await kept;
  await metrics?.close();
  await connection.close();
  await app.close();
}

function keptMonitors(app: App, attributes: boolean): KeptMonitors {
  const { temporal, context, store, log } = app;
  return {
    client: temporal.client,
    prefix: context.prefix,
    attributes,
    storedPlan: async () => (await store.currentRevision())?.plan,
    log,
  };
}

/** Writes once that sweeps run, for who waits for it. */
function firstSweep(app: App): () => void {
  let told = false;
  return () => {
    if (told) return;
    told = true;
    const facts = JSON.stringify({ pid: process.pid, sweptAt: Date.now() });
    mkdir(app.context.dir, { recursive: true })
      .then(() => writeFile(join(app.context.dir, WORKER_FACTS), facts))
      .catch((error: unknown) => {
        app.log.warn(`${WORKER_FACTS} could not be written: ${String(error)}`);
      });
  };
}
