import { describe, expect, it } from "@jest/globals";

import type { EndedAttempt } from "../../activities/dependencies.js";
import type { AlertId, IncidentId } from "../../src/domain/ids.js";
import type { AlertTransition, DeliveryRecord } from "../../src/domain/story.js";
import { workerMeter } from "../../src/telemetry/worker-meter.js";
import type { WorkerMeter, WorkerNow } from "../../src/telemetry/worker-meter.js";
import { named, samplesOf, type Samples } from "../support/samples.js";

const CALM: WorkerNow = { storeUp: true, slots: [], skew: undefined };
const AT = 1_767_225_600_000;

async function scraped(meter: WorkerMeter, now: WorkerNow = CALM): Promise<Samples> {
  return samplesOf((await meter.page(now)).text);
}

const attempt: EndedAttempt = {
  incident: "shop/api@2026-01-01T00:00:00.000Z" as IncidentId,
  notifier: "pager",
  kind: "firing",
  n: 1,
  severity: "critical",
  result: { result: "accepted" },
  ms: 40,
  decidedAt: AT,
  firedAt: AT - 500,
  endedAt: AT + 1_500,
};

const fired: AlertTransition = {
  workflowId: "monitor:shop",
  seq: 7,
  alert: "shop/api/ready/not-ready" as AlertId,
  at: AT,
  from: "pending",
  to: "firing",
  severity: "critical",
  reason: "503",
  facts: { late_ms: 340 },
};

const dead: DeliveryRecord = {
  workflowId: "incident:shop/api",
  seq: 9,
  key: "k/pager/1",
  incident: attempt.incident,
  notifier: "pager",
  n: 1,
  kind: "firing",
  at: AT,
  attempt: 1,
  result: "rejected",
};

describe("what a worker measures", () => {
  it("of sweeps is how many, how long, how late, and what they saw", async () => {
    const meter = workerMeter(() => undefined);
    const outcomes = ["good", "bad", "good"] as const;
    meter.swept({ system: "shop", checks: 3, ms: 250, lagMs: 20, outcomes, cut: false });
    meter.swept({ system: "shop", checks: 3, ms: 750, lagMs: -5, outcomes: [], cut: true });
    const samples = await scraped(meter);
    expect(samples).toMatchObject({
      'tocsin_sweep_duration_seconds_count{system="shop"}': 2,
      'tocsin_sweep_duration_seconds_sum{system="shop"}': 1,
      'tocsin_sweep_lag_seconds_sum{system="shop"}': 0.02,
      'tocsin_checks_total{system="shop"}': 6,
      'tocsin_readings_total{system="shop",outcome="good"}': 2,
      'tocsin_readings_total{system="shop",outcome="bad"}': 1,
      'tocsin_sweeps_cut_total{system="shop"}': 1,
    });
  });

  it("of an accepted page is the time since its decision and since it fired, by the server's clock", async () => {
    const meter = workerMeter(() => ({ aheadMs: 1_000, uncertaintyMs: 1 }));
    meter.attempted(attempt);
    expect(await scraped(meter)).toMatchObject({
      'tocsin_delivery_attempts_total{notifier="pager",result="accepted"}': 1,
      'tocsin_delivery_dwell_seconds_sum{notifier="pager",kind="firing"}': 0.5,
      'tocsin_page_dwell_seconds_sum{severity="critical"}': 1,
    });
  });

  it("of an attempt that did not arrive, and of what is no first page, is no dwell time of a page", async () => {
    const meter = workerMeter(() => undefined);
    meter.attempted({ ...attempt, result: { result: "retry", reason: "503" } });
    meter.attempted({ ...attempt, n: 2 });
    meter.attempted({ ...attempt, kind: "resolved" });
    const samples = await scraped(meter);
    expect(samples).toMatchObject({
      'tocsin_delivery_attempts_total{notifier="pager",result="retry"}': 1,
      'tocsin_delivery_dwell_seconds_count{notifier="pager",kind="firing"}': 1,
    });
    expect(named(samples, "tocsin_page_dwell_seconds_count{")).toEqual({});
  });

  it("of a batch is each row once, however often the store is tried", async () => {
    const meter = workerMeter(() => undefined);
    const batch = { transitions: [fired], deliveries: [dead] };
    meter.recording(batch);
    meter.unrecorded();
    meter.recording(batch);
    meter.recording({ transitions: [{ ...fired, seq: 8, to: "recovering", facts: {} }] });
    expect(await scraped(meter)).toMatchObject({
      'tocsin_alert_transitions_total{system="shop",severity="critical",to="firing"}': 1,
      'tocsin_alert_transitions_total{system="shop",severity="critical",to="recovering"}': 1,
      'tocsin_decision_lateness_seconds_count{severity="critical"}': 1,
      'tocsin_decision_lateness_seconds_sum{severity="critical"}': 0.34,
      'tocsin_dead_letters_total{notifier="pager"}': 1,
      tocsin_store_record_failures_total: 1,
    });
  });

  it("when it is scraped is what holds then", async () => {
    const meter = workerMeter(() => undefined);
    const slot = { queue: "tocsin-probe", kind: "activity", slots: 200, used: 3, polling: true } as const;
    const skew = { aheadMs: -40, uncertaintyMs: 5 };
    meter.lost(4);
    expect(await scraped(meter, { storeUp: false, slots: [slot], skew })).toMatchObject({
      tocsin_store_up: 0,
      tocsin_store_readings_lost_total: 4,
      'tocsin_worker_task_slots{queue="tocsin-probe",kind="activity"}': 200,
      'tocsin_worker_task_slots_used{queue="tocsin-probe",kind="activity"}': 3,
      'tocsin_worker_polling{queue="tocsin-probe",kind="activity"}': 1,
      tocsin_clock_skew_seconds: -0.04,
    });
    const later = await scraped(meter);
    expect(later).toMatchObject({ tocsin_store_up: 1 });
    expect(named(later, "tocsin_clock_skew")).toEqual({});
    expect(named(later, "tocsin_worker_")).toEqual({});
  });
});
