/** A whole Tocsin under a virtual clock: the true workflows in the true sandbox, with targets and notifiers that follow a script. */

import { policyOfService } from "../../activities/policy-of-service.js";
import { withPlan } from "../../activities/tell-incident.js";
import type { DeliverInput } from "../../src/domain/deliver-input.js";
import { incidentMemo } from "../../src/domain/incident-memo.js";
import type { RevisionId } from "../../src/domain/ids.js";
import type { AttemptResult } from "../../src/domain/message.js";
import { monitorOwner, monitorPlan } from "../../src/domain/monitor-plan.js";
import type { Plan } from "../../src/domain/plan.js";
import type { AlertTransition, DeliveryRecord, IncidentEvent, StoryBatch } from "../../src/domain/story.js";
import type { SweepInput } from "../../src/domain/sweep.js";
import type { StoredReading } from "../../src/store/store.js";
import type {
  GateAnswer,
  LoadMonitorInput,
  OpenIncidentInput,
  TellIncidentInput,
} from "../../workflows/activity-contract.js";
import type { HistoryLimits } from "../../workflows/history-budget.js";
import type { StandInContext } from "./harness/activity-stand-ins.js";
import { scriptedSweep, type Looks } from "./tocsin-sweeps.js";
import type { hangs } from "./workflow-harness.js";
import { EPOCH, openWorld, workerLost, type WorkflowHarness, type WorldHarness } from "./workflow-harness.js";

export interface Told extends DeliverInput {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly key: string;
  readonly result: AttemptResult["result"] | "lost";
}

export type Answer = AttemptResult["result"] | AttemptResult | typeof hangs | typeof workerLost;

/** All times are milliseconds since the beginning. */
export interface WorldScript {
  readonly plan: Plan;
  /** Good unless it says otherwise. */
  readonly look?: Looks;
  /** Answer of a notifier; accepted unless it says otherwise. */
  readonly answer?: (notifier: string, sinceMs: number, input: DeliverInput) => Answer;
  /** Whether the store takes rows then. */
  readonly storeUp?: (sinceMs: number) => boolean;
  readonly gate?: (sinceMs: number) => GateAnswer;
  /** Lanes whose sweeps no worker brings back then. */
  readonly sweepLost?: (lane: string, sinceMs: number) => boolean;
  /** How long a sweep and an attempt take, in virtual milliseconds. */
  readonly sweepMs?: number;
  readonly deliverMs?: number;
  readonly limits?: HistoryLimits;
  readonly searchAttributes?: boolean;
}

export interface TocsinWorld {
  readonly world: WorldHarness;
  readonly monitor: WorkflowHarness;
  /** Every attempt, in order. */
  readonly told: readonly Told[];
  readonly transitions: readonly AlertTransition[];
  readonly events: readonly IncidentEvent[];
  readonly deliveries: readonly DeliveryRecord[];
  /** What the store has of every sweep that it took. */
  readonly readings: readonly StoredReading[];
  /** Bytes of every sweep's result. */
  readonly sweepBytes: readonly number[];
  now(): number;
  advanceTo(sinceMs: number): Promise<void>;
  /** Of a service of the monitor's system; with a slash in it, of any. */
  incident(service: string): WorkflowHarness | undefined;
  /** Every worker stops, as when the machine is off: no decision, no probe, no message; the server goes on. */
  down(): Promise<void>;
  up(): Promise<void>;
  /** What `tocsin apply` does: the revision is there, and the monitor hears of it. */
  apply(plan: Plan): Promise<void>;
}

const QUEUES = ["tocsin", "tocsin-probe", "tocsin-deliver"];

/** Starts the monitor of the plan's first system; nothing has been swept yet. */
export async function tocsinWorld(script: WorldScript): Promise<TocsinWorld> {
  const { limits, searchAttributes = true } = script;
  const told: Told[] = [];
  const transitions: AlertTransition[] = [];
  const events: IncidentEvent[] = [];
  const deliveries: DeliveryRecord[] = [];
  const readings: StoredReading[] = [];
  const sweepBytes: number[] = [];
  const plans = new Map<RevisionId, Plan>([[script.plan.revision, script.plan]]);
  let current = script.plan.revision;
  const system = script.plan.systems[0]?.name ?? "";
  const since = (ctx: StandInContext): number => ctx.now() - EPOCH;
  const planOf = (revision: RevisionId): Plan => {
    const plan = plans.get(revision);
    if (plan === undefined) throw new Error(`nobody has revision ${revision}`);
    return plan;
  };

  const world: WorldHarness = await openWorld({
    activities: {
      loadMonitor: ({ shard, revision = current }: LoadMonitorInput) =>
        monitorPlan(planOf(revision), system, shard, searchAttributes),
      sweep: (input: SweepInput, ctx: StandInContext) => {
        if (script.sweepLost?.(input.lane, since(ctx)) === true) return workerLost;
        const looks = script.look ?? (() => "good" as const);
        const scripted = scriptedSweep(planOf(input.revision), input, looks, since(ctx), ctx.now());
        const { result } = scripted;
        if (script.storeUp?.(since(ctx)) !== false) readings.push(...scripted.readings);
        sweepBytes.push(JSON.stringify(result).length);
        return result;
      },
      tellIncident: ({ service, message }: TellIncidentInput) => {
        const workflowId = `incident:${service}`;
        if (message.list.length === 0) world.signal(workflowId, "members", message);
        else {
          const input = {
            prefix: "",
            service,
            searchAttributes,
            ...(limits === undefined ? {} : { limits }),
          };
          const memo = { ...incidentMemo(planOf(message.revision), service, message.list) };
          const start = { type: "incident", workflowId, args: [input], memo };
          world.signalWithStart(start, "members", withPlan(service, message, planOf(message.revision)));
        }
      },
      openIncident: ({ service, revision }: OpenIncidentInput) => ({
        policy: policyOfService(planOf(revision), service),
        searchAttributes,
      }),
      gate: (_input: unknown, ctx: StandInContext) => script.gate?.(since(ctx)) ?? { clear: true },
      deliver: (input: DeliverInput, ctx: StandInContext) => {
        const answer = script.answer?.(input.notifier, since(ctx), input) ?? "accepted";
        const result = typeof answer === "string" ? resultOf(answer) : answer;
        const key = `${input.incident}/${input.notifier}/${input.n}`;
        told.push({
          ...input,
          at: since(ctx),
          key,
          result: typeof result === "symbol" ? "lost" : result.result,
        });
        return result;
      },
      record: (batch: StoryBatch, ctx: StandInContext) => {
        if (script.storeUp?.(since(ctx)) === false) throw new Error("the store is away");
        transitions.push(...(batch.transitions ?? []));
        events.push(...(batch.incidentEvents ?? []));
        deliveries.push(...(batch.deliveries ?? []));
      },
    },
    latencyMs: { sweep: script.sweepMs ?? 0, deliver: script.deliverMs ?? 0 },
  });
  const monitor = await world.start({
    type: "monitor",
    workflowId: `monitor:${system}`,
    args: [{ prefix: "", system, shard: 1, ...(limits === undefined ? {} : { limits }) }],
    memo: { owner: monitorOwner(script.plan, system) },
  });
  return {
    world,
    monitor,
    told,
    transitions,
    events,
    deliveries,
    readings,
    sweepBytes,
    now: () => world.now() - EPOCH,
    advanceTo: (sinceMs) => world.advance(EPOCH + sinceMs - world.now()),
    incident: (service) =>
      world.workflow(`incident:${service.includes("/") ? service : `${system}/${service}`}`),
    async down() {
      await monitor.workersDown();
      for (const queue of QUEUES) await world.queueDown(queue);
    },
    async up() {
      for (const queue of QUEUES) await world.queueUp(queue);
      await monitor.workersUp();
    },
    async apply(plan) {
      plans.set(plan.revision, plan);
      current = plan.revision;
      await monitor.signal("reconfigure", { revision: plan.revision });
    },
  };
}

function resultOf(result: AttemptResult["result"]): AttemptResult {
  return result === "accepted" ? { result } : { result, reason: `the script says ${result}` };
}
