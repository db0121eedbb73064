/** A whole Tocsin under a virtual clock: the true workflows in the true sandbox, with targets and notifiers that follow a script. */

import { monitorPlan } from "../../src/domain/monitor-plan.js";
import { parseServiceId } from "../../src/domain/ids.js";
import type { ServiceId } from "../../src/domain/ids.js";
import type { DeliverInput } from "../../src/domain/deliver-input.js";
import type { AttemptResult } from "../../src/domain/message.js";
import type { Plan } from "../../src/domain/plan.js";
import type { Verdict } from "../../src/domain/reading.js";
import type { AlertTransition, DeliveryRecord, IncidentEvent, StoryBatch } from "../../src/domain/story.js";
import { encodeVerdicts, type SweepInput, type SweepResult } from "../../src/domain/sweep.js";
import { laneKey } from "../../src/domain/monitor-plan.js";
import type {
  GateAnswer,
  LoadMonitorInput,
  OpenIncidentInput,
  TellIncidentInput,
} from "../../workflows/activity-contract.js";
import type { HistoryLimits } from "../../workflows/history-budget.js";
import type { StandInContext } from "./harness/activity-stand-ins.js";
import { EPOCH, hangs, openWorld, type WorkflowHarness, type WorldHarness } from "./workflow-harness.js";

/** What a check looks like at a time since the beginning. */
export interface Look {
  readonly verdict: Verdict;
  readonly reason?: string;
  /** Age of the reading when the sweep returns. */
  readonly ageMs?: number;
}

export interface Told extends DeliverInput {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly key: string;
  readonly result: AttemptResult["result"];
}

export interface WorldScript {
  readonly plan: Plan;
  /** `<service>/<check>` at a time since the beginning; good unless it says otherwise. */
  readonly look?: (check: string, sinceMs: number) => Look | Verdict;
  /** Answer of a notifier at a time since the beginning; accepted unless it says otherwise. */
  readonly answer?: (
    notifier: string,
    sinceMs: number,
    input: DeliverInput,
  ) => AttemptResult["result"] | AttemptResult;
  /** Whether the store takes rows then. */
  readonly storeUp?: (sinceMs: number) => boolean;
  readonly gate?: (sinceMs: number) => GateAnswer;
  /** How long a sweep takes, in virtual milliseconds. */
  readonly sweepMs?: number;
  readonly limits?: HistoryLimits;
}

export interface TocsinWorld {
  readonly world: WorldHarness;
  readonly monitor: WorkflowHarness;
  /** Every attempt, in order. */
  readonly told: readonly Told[];
  readonly transitions: readonly AlertTransition[];
  readonly events: readonly IncidentEvent[];
  readonly deliveries: readonly DeliveryRecord[];
  /** Milliseconds since the beginning. */
  now(): number;
  advanceTo(sinceMs: number): Promise<void>;
  incident(service: string): WorkflowHarness | undefined;
}

/** Starts the monitor of the plan's first system; nothing has been swept yet. */
export async function tocsinWorld(script: WorldScript): Promise<TocsinWorld> {
  const told: Told[] = [];
  const transitions: AlertTransition[] = [];
  const events: IncidentEvent[] = [];
  const deliveries: DeliveryRecord[] = [];
  const system = script.plan.systems[0]?.name ?? "";
  const since = (ctx: StandInContext): number => ctx.now() - EPOCH;

  const world: WorldHarness = await openWorld({
    activities: {
      loadMonitor: ({ shard }: LoadMonitorInput) => monitorPlan(script.plan, system, shard, true),
      sweep: (input: SweepInput, ctx: StandInContext) => sweepBy(script, input, since(ctx)),
      tellIncident: ({ service, message }: TellIncidentInput) => {
        const workflowId = `incident:${service}`;
        if (message.list.length === 0) {
          world.signal(workflowId, "members", message);
          return;
        }
        const input = {
          prefix: "",
          service,
          ...(script.limits === undefined ? {} : { limits: script.limits }),
        };
        world.signalWithStart({ type: "incident", workflowId, args: [input] }, "members", message);
      },
      openIncident: ({ service }: OpenIncidentInput) => ({
        policy: policyOf(script.plan, service),
        runbooks: [],
        searchAttributes: true,
      }),
      gate: (_input: unknown, ctx: StandInContext) => script.gate?.(since(ctx)) ?? { clear: true },
      deliver: (input: DeliverInput, ctx: StandInContext) => {
        const answer = script.answer?.(input.notifier, since(ctx), input) ?? "accepted";
        const result = typeof answer === "string" ? resultOf(answer) : answer;
        const key = `${input.incident}/${input.notifier}/${input.n}`;
        told.push({ ...input, at: since(ctx), key, result: result.result });
        return result;
      },
      record: (batch: StoryBatch, ctx: StandInContext) => {
        if (script.storeUp?.(since(ctx)) === false) throw new Error("the store is away");
        transitions.push(...(batch.transitions ?? []));
        events.push(...(batch.incidentEvents ?? []));
        deliveries.push(...(batch.deliveries ?? []));
      },
    },
    latencyMs: { sweep: script.sweepMs ?? 0 },
  });
  const monitor = await world.start({
    type: "monitor",
    workflowId: `monitor:${system}`,
    args: [
      { prefix: "", system, shard: 1, ...(script.limits === undefined ? {} : { limits: script.limits }) },
    ],
  });
  return {
    world,
    monitor,
    told,
    transitions,
    events,
    deliveries,
    now: () => world.now() - EPOCH,
    advanceTo: (sinceMs) => world.advance(EPOCH + sinceMs - world.now()),
    incident: (service) => world.workflow(`incident:${system}/${service}`),
  };
}

function sweepBy(script: WorldScript, input: SweepInput, sinceMs: number): SweepResult | typeof hangs {
  const slice = monitorPlan(script.plan, input.system, input.shard, true);
  const services = script.plan.systems.find(({ name }) => name === input.system)?.services ?? [];
  const checks = services.flatMap((service) =>
    service.checks.map((check) => ({ key: `${service.name}/${check.name}`, check })),
  );
  const probed = checks
    .filter(({ check }) => laneKey(check.everyMs, check.from) === input.lane)
    .filter(({ key }) => (input.only?.includes(key) ?? true) && !(input.skip?.includes(key) ?? false));
  const verdicts = probed.flatMap(({ key, check }) => {
    const seen = script.look?.(key, sinceMs) ?? "good";
    const look: Look = typeof seen === "string" ? { verdict: seen } : seen;
    const reason = look.reason ?? (look.verdict === "good" ? "" : `${look.verdict} at ${key}`);
    return check.rules.map((rule) => ({
      alert: `${key}/${rule.name}`,
      verdict: look.verdict,
      reason,
      ageMs: look.ageMs ?? 0,
    }));
  });
  return {
    stamp: EPOCH + sinceMs,
    ms: 0,
    checks: probed.length,
    ...encodeVerdicts(slice, input.known, verdicts),
  };
}

function policyOf(plan: Plan, service: ServiceId): Plan["policies"][string] | undefined {
  const { system, service: name } = parseServiceId(service);
  const planned = plan.systems
    .find((each) => each.name === system)
    ?.services.find((each) => each.name === name);
  return plan.policies[planned?.policy ?? "default"];
}

function resultOf(result: AttemptResult["result"]): AttemptResult {
  return result === "accepted" ? { result } : { result, reason: `the script says ${result}` };
}
