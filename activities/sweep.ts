/**
 * One sweep of one lane: probes every check of it at once, judges, keeps the readings, and carries back what the monitor must
 * know. It never fails as a whole because of a target or the store, and ends at longest two seconds after the longest timeout.
 */

import { setMaxListeners } from "node:events";

import { ApplicationFailure, Context } from "@temporalio/activity";
import { ApplicationFailureCategory } from "@temporalio/common";

import type { CheckId } from "../src/domain/ids.js";
import { checkId } from "../src/domain/ids.js";
import type { LanePlan, MonitorPlan } from "../src/domain/monitor-plan.js";
import { laneKey, monitorPlan } from "../src/domain/monitor-plan.js";
import { shardOf } from "../src/domain/plan-shards.js";
import type { CheckPlan, Plan } from "../src/domain/plan.js";
import type { Reading } from "../src/domain/reading.js";
import type { SweepInput, SweepResult, SweepVerdict } from "../src/domain/sweep.js";
import { alertAt, encodeVerdicts, reasonFingerprint } from "../src/domain/sweep.js";
import type { StoredReading } from "../src/store/store.js";
import type { ProbeActivities } from "../workflows/activity-contract.js";
import type { ProbeDependencies } from "./dependencies.js";
import { beating } from "./heartbeat.js";
import { runCheck } from "./run-check.js";

/** What a sweep may take beyond the longest timeout of its checks. */
const SLACK_MS = 1_500;
/** Text kept as evidence of one reading. */
const MAX_EVIDENCE = 2_000;

interface Target {
  readonly key: string;
  readonly id: CheckId;
  readonly check: CheckPlan;
}

interface Seen {
  readonly target: Target;
  readonly readings: readonly Reading[];
  readonly verdicts: readonly (SweepVerdict & { readonly reason: string; readonly endedAt: number })[];
  readonly overflow: number;
}

export function sweepActivity(dependencies: ProbeDependencies): ProbeActivities["sweep"] {
  const slices = new Map<string, MonitorPlan>();

  return (input) =>
    beating(async () => {
      const plan = await dependencies.plans.plan(input.revision);
      const slice = sliceOf(slices, plan, input);
      const lane = slice.lanes.find(({ key }) => key === input.lane);
      if (lane === undefined)
        return { stamp: dependencies.clock.now(), ms: 0, checks: 0, verdicts: [], reasons: [] };
      const stopping = Context.current().cancellationSignal;
      const result = await sweep(plan, slice, lane, input, stopping, dependencies);
      if (stopping.aborted) throw handOver();
      return result;
    });
}

/** A worker that stops gives the sweep back at once: another one makes it anew, from the same input. */
function handOver(): ApplicationFailure {
  return ApplicationFailure.create({
    message: "this worker is stopping: the sweep is made by another",
    type: "WorkerStopping",
    nextRetryDelay: "1ms",
    category: ApplicationFailureCategory.BENIGN,
  });
}

async function sweep(
  plan: Plan,
  slice: MonitorPlan,
  lane: LanePlan,
  input: SweepInput,
  stopping: AbortSignal,
  dependencies: ProbeDependencies,
): Promise<SweepResult> {
  const { clock } = dependencies;
  const stamp = clock.now();
  const startedAt = clock.monotonic();
  const targets = targetsOf(plan, lane, input);
  const cut = new AbortController();
  // Every check of the lane listens to it, and there may be hundreds.
  setMaxListeners(0, cut.signal);
  const timer = setTimeout(() => {
    cut.abort();
  }, lane.timeoutMs + SLACK_MS);
  const stop = (): void => {
    cut.abort();
  };
  stopping.addEventListener("abort", stop, { once: true });
  try {
    const subjects = knownSubjects(slice, input);
    const seen = await Promise.all(
      targets.map((target) => see(plan, target, subjects, cut.signal, dependencies)),
    );
    const endedAt = clock.monotonic();
    const verdicts = seen.flatMap((each) =>
      each.verdicts.map((verdict) => ({ ...verdict, ageMs: endedAt - verdict.endedAt })),
    );
    dependencies.keepReadings(seen.flatMap((each) => storedReadings(each, stamp, input)));
    const ms = endedAt - startedAt;
    dependencies.swept({
      system: input.system,
      checks: targets.length,
      ms,
      lagMs: stamp - Context.current().info.scheduledTimestampMs,
      outcomes: seen.flatMap(({ readings }) => readings.map(({ outcome }) => outcome)),
      cut: cut.signal.aborted,
    });
    const encoded = encodeVerdicts(slice, input.known, verdicts);
    const overflow = seen.reduce((sum, each) => sum + each.overflow, encoded.overflow ?? 0);
    return {
      stamp,
      ms: Math.round(ms),
      checks: targets.length,
      ...encoded,
      ...(overflow > 0 ? { overflow } : {}),
      ...(cut.signal.aborted ? { cut: "sweep deadline" } : {}),
    };
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener("abort", stop);
  }
}

/** One check, or `unknown: sweep deadline` for every rule of it when it has not ended by then. */
async function see(
  plan: Plan,
  target: Target,
  subjects: ReadonlyMap<string, readonly string[]>,
  cut: AbortSignal,
  dependencies: ProbeDependencies,
): Promise<Seen> {
  const late = new Promise<undefined>((resolve) => {
    const giveUp = (): void => {
      // A probe that obeys its deadline has ended by then; this is for one that does not.
      setTimeout(resolve, 100, undefined);
    };
    if (cut.aborted) giveUp();
    else cut.addEventListener("abort", giveUp, { once: true });
  });
  const checked = await Promise.race([
    runCheck(plan, target.id, target.check, subjects.get(target.key) ?? [], cut, dependencies),
    late,
  ]);
  if (checked === undefined) return overdue(target, dependencies.clock.monotonic());
  const { readings, verdicts, overflow, endedAt } = checked;
  return {
    target,
    readings,
    overflow,
    verdicts: verdicts.map(({ rule, subject, verdict, reason }) => ({
      alert: subject === undefined ? `${target.key}/${rule}` : `${target.key}/${rule}/${subject}`,
      verdict,
      reason,
      ageMs: 0,
      endedAt,
    })),
  };
}

function overdue(target: Target, endedAt: number): Seen {
  const reason = "sweep deadline";
  return {
    target,
    overflow: 0,
    readings: [{ outcome: "unknown", reason, fields: {} }],
    verdicts: target.check.rules.map(({ name }) => ({
      alert: `${target.key}/${name}`,
      verdict: "unknown",
      reason,
      ageMs: 0,
      endedAt,
    })),
  };
}

function targetsOf(plan: Plan, lane: LanePlan, input: SweepInput): readonly Target[] {
  const services = plan.systems.find(({ name }) => name === input.system)?.services ?? [];
  return services
    .flatMap((service) =>
      service.checks
        .filter((check) => shardOf(service, check) === input.shard)
        .map((check) => ({
          key: `${service.name}/${check.name}`,
          id: checkId(input.system, service.name, check.name),
          check,
        })),
    )
    .filter(({ check }) => laneKey(check.everyMs, check.from) === lane.key)
    .filter(({ key }) => (input.only?.includes(key) ?? true) && !(input.skip?.includes(key) ?? false));
}

/** Subjects with an alert the monitor remembers, by check. */
function knownSubjects(slice: MonitorPlan, input: SweepInput): ReadonlyMap<string, readonly string[]> {
  const subjects = new Map<string, string[]>();
  for (const place of Object.keys(input.known)) {
    const [service, check, , subject] = alertAt(slice, place)?.split("/") ?? [];
    if (service === undefined || check === undefined || subject === undefined) continue;
    const key = `${service}/${check}`;
    subjects.set(key, [...(subjects.get(key) ?? []), subject]);
  }
  return subjects;
}

function storedReadings(seen: Seen, stamp: number, input: SweepInput): readonly StoredReading[] {
  const knownReasons = new Set(Object.values(input.known));
  return seen.readings.map((reading) => {
    const { outcome, subject, reason, phases, evidence } = reading;
    const latencyMs = phases?.total;
    const changed = outcome !== "good" && !knownReasons.has(reasonFingerprint(reason ?? ""));
    return {
      check: seen.target.id,
      at: stamp,
      outcome,
      ...(subject === undefined ? {} : { subject }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(changed
        ? {
            evidence: {
              ...(reason === undefined ? {} : { reason }),
              ...(phases === undefined ? {} : { phases }),
              ...(evidence === undefined ? {} : { text: evidence.slice(0, MAX_EVIDENCE) }),
            },
          }
        : {}),
    };
  });
}

/** The monitor's slice of the plan; rebuilt only for another revision. */
function sliceOf(slices: Map<string, MonitorPlan>, plan: Plan, input: SweepInput): MonitorPlan {
  const key = `${input.system}:${input.shard}`;
  const known = slices.get(key);
  if (known?.revision === input.revision) return known;
  const slice = monitorPlan(plan, input.system, input.shard, false);
  slices.set(key, slice);
  return slice;
}
