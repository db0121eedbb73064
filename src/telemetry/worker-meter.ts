/** What a worker measures: hears of what its activities did, and asks for the rest when it is scraped. */

import type { EndedAttempt, EndedSweep } from "../../activities/dependencies.js";
import type { AlertTransition, DeliveryRecord, StoryBatch } from "../domain/story.js";
import { parseServiceId, serviceOfAlert } from "../domain/ids.js";
import { onceEach } from "../lib/once-each.js";
import type { COMMON_METRICS } from "./common-metrics.js";
import type { Meter } from "./meter.js";
import { createMeter, forget } from "./meter.js";
import type { Page } from "./page.js";
import { processMeter } from "./process-metrics.js";
import { WORKER_METRICS } from "./worker-metrics.js";

/** Rows that a batch brings again are told from new ones as long as no more than so many others came between. */
const ROWS_REMEMBERED = 20_000;

export interface WorkerMeter {
  swept(sweep: EndedSweep): void;
  attempted(attempt: EndedAttempt): void;
  recording(batch: StoryBatch): void;
  unrecorded(): void;
  lost(readings: number): void;
  page(now: WorkerNow): Promise<Page>;
}

/** What is asked of a worker when it is scraped. */
export interface WorkerNow {
  readonly storeUp: boolean;
  readonly slots: readonly SlotUse[];
  readonly skew: Skew | undefined;
}

/** The slots for one kind of task of one task queue. */
export interface SlotUse {
  readonly queue: string;
  readonly kind: "workflow" | "activity";
  readonly slots: number;
  readonly used: number;
  readonly polling: boolean;
}

interface Skew {
  readonly aheadMs: number;
  readonly uncertaintyMs: number;
}

/** `skew` answers what is known of it now: times of this machine and of the server are told apart by it. */
export function workerMeter(skew: () => Skew | undefined): WorkerMeter {
  const { registry, common } = processMeter();
  const meter = { ...common, ...createMeter(registry, WORKER_METRICS) };
  const isNew = onceEach(ROWS_REMEMBERED);
  /** From a time of the server's to one of ours, in seconds. */
  const seconds = (from: number, to: number): number =>
    Math.max(0, to - (skew()?.aheadMs ?? 0) - from) / 1_000;
  return {
    swept: ({ system, checks, ms, lagMs, outcomes, cut }) => {
      meter.sweepDuration.observe({ system }, ms / 1_000);
      meter.sweepLag.observe({ system }, seconds(0, lagMs));
      meter.sweepsCut.inc({ system }, cut ? 1 : 0);
      meter.checks.inc({ system }, checks);
      for (const outcome of outcomes) meter.readings.inc({ system, outcome });
    },
    attempted: ({ notifier, kind, n, severity, result, ms, decidedAt, firedAt, endedAt }) => {
      meter.attempts.inc({ notifier, result: result.result });
      meter.attemptDuration.observe({ notifier }, ms / 1_000);
      if (result.result !== "accepted") return;
      meter.deliveryDwell.observe({ notifier, kind }, seconds(decidedAt, endedAt));
      if (kind === "firing" && n === 1 && firedAt !== undefined)
        meter.pageDwell.observe({ severity }, seconds(firedAt, endedAt));
    },
    recording: ({ transitions = [], deliveries = [] }) => {
      for (const each of transitions) if (isNew(`${each.workflowId} ${each.seq}`)) moved(meter, each);
      for (const each of deliveries)
        if (isDead(each) && isNew(`${each.workflowId} ${each.seq}`))
          meter.lettersDied.inc({ notifier: each.notifier });
    },
    unrecorded: () => meter.recordFailures.inc(),
    lost: (readings) => meter.readingsLost.inc(readings),
    page: async (now) => {
      show(meter, now);
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}

type Metrics = Meter<typeof WORKER_METRICS> & Meter<typeof COMMON_METRICS>;

function moved(meter: Metrics, { alert, severity, to, facts }: AlertTransition): void {
  const { system } = parseServiceId(serviceOfAlert(alert));
  meter.transitions.inc({ system, severity, to });
  if (typeof facts.late_ms === "number") meter.decisionLateness.observe({ severity }, facts.late_ms / 1_000);
}

function isDead({ result }: DeliveryRecord): boolean {
  return result === "dead" || result === "rejected";
}

function show(meter: Metrics, { storeUp, slots, skew }: WorkerNow): void {
  for (const gauge of [
    meter.slots,
    meter.slotsUsed,
    meter.polling,
    meter.clockSkew,
    meter.clockSkewUncertainty,
  ])
    forget(gauge);
  meter.storeUp.set(storeUp ? 1 : 0);
  for (const { queue, kind, slots: all, used, polling } of slots) {
    meter.slots.set({ queue, kind }, all);
    meter.slotsUsed.set({ queue, kind }, used);
    meter.polling.set({ queue, kind }, polling ? 1 : 0);
  }
  if (skew === undefined) return;
  meter.clockSkew.set(skew.aheadMs / 1_000);
  meter.clockSkewUncertainty.set(skew.uncertaintyMs / 1_000);
}
