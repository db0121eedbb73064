/** Temporal workers by role: one per task queue, with slots and time limits that make a crash cost seconds. */

import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { DefaultLogger, Runtime, Worker, makeTelemetryFilterString } from "@temporalio/worker";
import type { NativeConnection, PrometheusMetricsExporter, WorkerOptions } from "@temporalio/worker";

import { controlActivities, deliverActivities, probeActivities } from "../../activities/index.js";
import type {
  ControlDependencies,
  DeliverDependencies,
  ProbeDependencies,
} from "../../activities/dependencies.js";
import { controlQueue, deliverQueue, probeQueue } from "../../workflows/names.js";
import type { Prefix } from "../../workflows/names.js";
import { packageRoot } from "../lib/package-root.js";
import type { Logger } from "../telemetry/logger.js";
import { sdkLine } from "./sdk-log.js";

export const ROLES = ["control", "probe", "deliver"] as const;
export type Role = (typeof ROLES)[number];

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly prefix: Prefix;
  readonly roles: readonly Role[];
  readonly locations: readonly string[];
  readonly log: Logger;
}

export type WorkerDependencies = ControlDependencies & ProbeDependencies & DeliverDependencies;

/** Histories are short, so few slots and a short sticky time are enough: a task handed to a dead worker comes back soon. */
const CONTROL = {
  maxConcurrentWorkflowTaskExecutions: 4,
  maxConcurrentWorkflowTaskPolls: 3,
  stickyQueueScheduleToStartTimeout: "1s",
  maxCachedWorkflows: 500,
  maxConcurrentActivityTaskExecutions: 50,
  maxConcurrentActivityTaskPolls: 3,
} as const;
/** Sweeps of all monitors may be under way at once. */
const PROBE = { maxConcurrentActivityTaskExecutions: 200, maxConcurrentActivityTaskPolls: 3 } as const;
const DELIVER = { maxConcurrentActivityTaskExecutions: 100, maxConcurrentActivityTaskPolls: 2 } as const;
/** Sweeps are cancelled, and so handed over, at once; an attempt at a notifier may end by itself. */
const SHUTDOWN = { shutdownGraceTime: "10ms", shutdownForceTime: "20s" } as const;

/** A worker of one task queue, with how much it does at once. */
export interface QueueWorker {
  readonly worker: Worker;
  readonly queue: string;
  readonly slots: Readonly<Partial<Record<"workflow" | "activity", number>>>;
}

/** The SDK's own log goes into ours, its metrics to a loopback port; call it once, before any connection is made. */
export function installRuntime(log: Logger, metricsPort?: number): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
      // Workers for sweeps and deliveries have no workflows on purpose.
      if (message.startsWith("No workflows registered")) return;
      const { text, fields } = sdkLine(message, meta);
      if (level === "ERROR") log.error(fields, text);
      else log.warn(fields, text);
    }),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: "WARN", other: "ERROR" }), forward: {} },
      ...(metricsPort === undefined ? {} : { metrics: { prometheus: sdkExporter(metricsPort) } }),
    },
    workerHeartbeatInterval: "10s",
  });
}

export async function createWorkers(
  settings: WorkerSettings,
  dependencies: WorkerDependencies,
): Promise<readonly QueueWorker[]> {
  const { connection, namespace, prefix, roles, locations } = settings;
  const base: Pick<WorkerOptions, "connection" | "namespace" | "shutdownGraceTime" | "shutdownForceTime"> = {
    connection,
    namespace,
    ...SHUTDOWN,
  };
  const queues: Promise<QueueWorker>[] = [];
  const start = async (
    taskQueue: string,
    slots: QueueWorker["slots"],
    options: Omit<WorkerOptions, "taskQueue">,
  ): Promise<QueueWorker> => ({
    worker: await Worker.create({ ...base, ...options, taskQueue }),
    queue: taskQueue,
    slots,
  });
  if (roles.includes("control")) {
    const { maxConcurrentWorkflowTaskExecutions: workflow, maxConcurrentActivityTaskExecutions: activity } =
      CONTROL;
    const activities = controlActivities(dependencies);
    queues.push(
      start(controlQueue(prefix), { workflow, activity }, { ...CONTROL, ...workflowSource(), activities }),
    );
  }
  if (roles.includes("probe")) {
    const { maxConcurrentActivityTaskExecutions: activity } = PROBE;
    const any = locations.length === 0 ? [undefined] : [...locations];
    for (const location of any) {
      const activities = probeActivities(dependencies);
      queues.push(start(probeQueue(prefix, location), { activity }, { ...PROBE, activities }));
    }
  }
  if (roles.includes("deliver")) {
    const { maxConcurrentActivityTaskExecutions: activity } = DELIVER;
    const activities = deliverActivities(dependencies);
    queues.push(start(deliverQueue(prefix), { activity }, { ...DELIVER, activities }));
  }
  return Promise.all(queues);
}

/** As Prometheus wants names and units to be. */
function sdkExporter(port: number): PrometheusMetricsExporter["prometheus"] {
  return {
    bindAddress: `127.0.0.1:${port}`,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
}

/** The bundle that the build made; from sources, the workflows themselves. */
function workflowSource(): Pick<WorkerOptions, "workflowBundle" | "workflowsPath"> {
  const codePath = join(packageRoot, "dist", "workflow-bundle.js");
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return {
    workflowsPath: createRequire(import.meta.url).resolve(join(packageRoot, "workflows", "index.ts")),
  };
}
