/** The only place with time limits and retries of activities. */

import type { ActivityOptions } from "@temporalio/workflow";
import { proxyActivities } from "@temporalio/workflow";

import type { LanePlan } from "../src/domain/monitor-plan.js";
import type { ControlActivities, DeliverActivities, ProbeActivities } from "./activity-contract.js";
import type { Prefix } from "./names.js";
import { controlQueue, deliverQueue, probeQueue } from "./names.js";

/** A sweep returns at longest this long after its checks' timeout, with what it has. */
const SWEEP_SLACK_MS = 2_000;

/** Whoever cancels goes on at once: what is cancelled is made again, and is harmless when it is made twice. */
const CANCELLATION = { cancellationType: "TRY_CANCEL" } as const;

/** Reading a plan, telling an incident: tried until it works, because nothing goes on without it. */
export function controlActivities(prefix: Prefix, summary: string): ControlActivities {
  return proxyActivities<ControlActivities>({
    ...CANCELLATION,
    taskQueue: controlQueue(prefix),
    startToCloseTimeout: "5s",
    retry: { initialInterval: "200ms", backoffCoefficient: 2, maximumInterval: "5s" },
    summary,
  });
}

/** One try: the workflow decides whether and when there is another. */
export function singleAttemptActivities(prefix: Prefix, summary: string): ControlActivities {
  return proxyActivities<ControlActivities>({
    ...CANCELLATION,
    taskQueue: controlQueue(prefix),
    startToCloseTimeout: "5s",
    scheduleToStartTimeout: "30s",
    retry: { maximumAttempts: 1 },
    summary,
  });
}

/** Doctor and housekeeping: long work, a few tries. */
export function upkeepActivities(prefix: Prefix, summary: string): ControlActivities {
  return proxyActivities<ControlActivities>({
    taskQueue: controlQueue(prefix),
    startToCloseTimeout: "5m",
    heartbeatTimeout: "30s",
    retry: { maximumAttempts: 3, initialInterval: "5s" },
    summary,
  });
}

/**
 * A sweep. A worker that dies is noticed by its missing heartbeat and the sweep is run elsewhere at once; one that no worker takes
 * for a minute is given up, and the lane goes on with the next tick.
 */
export function sweepActivities(prefix: Prefix, lane: LanePlan, summary: string): ProbeActivities {
  const startToCloseTimeout = lane.timeoutMs + SWEEP_SLACK_MS + 3_000;
  const options: ActivityOptions = {
    ...CANCELLATION,
    taskQueue: probeQueue(prefix, lane.from),
    startToCloseTimeout,
    scheduleToCloseTimeout: startToCloseTimeout + 60_000,
    heartbeatTimeout: "3s",
    retry: { initialInterval: "200ms", backoffCoefficient: 1.5, maximumInterval: "5s" },
    summary,
  };
  return proxyActivities<ProbeActivities>(options);
}

/** One attempt at one notifier: 15 s, no retry by the server, because the desired state is read again before the next one. */
export function deliverActivities(prefix: Prefix, summary: string): DeliverActivities {
  return proxyActivities<DeliverActivities>({
    taskQueue: deliverQueue(prefix),
    startToCloseTimeout: "15s",
    scheduleToStartTimeout: "60s",
    heartbeatTimeout: "3s",
    retry: { maximumAttempts: 1 },
    summary,
  });
}
