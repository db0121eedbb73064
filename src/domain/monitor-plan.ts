/** The slice of a plan that a monitor workflow works from: clocks and names, no texts and no addresses. */

import type { RuleTiming } from "./alert-state.js";
import type { RevisionId } from "./ids.js";
import { shardOf } from "./plan-shards.js";
import type { Plan } from "./plan.js";
import { NOBODY } from "./plan.js";

/** `<service>/<check>` within the system. */
export type CheckKey = string;
/** `<service>/<check>/<rule>` or, for a subject, `…/<rule>/<encoded subject>`, within the system. */
export type AlertKey = string;
/** `<interval in ms>` or `<interval in ms>@<location>`. */
export type LaneKey = string;

export interface MonitoredRule {
  readonly name: string;
  /** Index into `MonitorPlan.timings`: most rules share a few. */
  readonly timing: number;
}

export interface MonitoredCheck {
  readonly key: CheckKey;
  readonly lane: LaneKey;
  readonly rules: readonly MonitoredRule[];
}

export interface LanePlan {
  readonly key: LaneKey;
  readonly everyMs: number;
  /** The longest timeout of its checks. */
  readonly timeoutMs: number;
  readonly from?: string;
}

export interface MonitorPlan {
  readonly revision: RevisionId;
  readonly system: string;
  readonly shard: number;
  readonly lanes: readonly LanePlan[];
  readonly checks: readonly MonitoredCheck[];
  readonly timings: readonly RuleTiming[];
  /** Who is responsible, as the Temporal UI shows it; absent where no configuration is known. */
  readonly owner?: string;
  /** The namespace knows Tocsin's search attributes. */
  readonly searchAttributes: boolean;
}

export function laneKey(everyMs: number, from?: string): LaneKey {
  return from === undefined ? String(everyMs) : `${everyMs}@${from}`;
}

/** The slice of one shard of one system; a shard that no check is assigned to has no lanes. */
export function monitorPlan(
  plan: Plan,
  system: string,
  shard: number,
  searchAttributes: boolean,
): MonitorPlan {
  const timings: RuleTiming[] = [];
  const timingIndex = new Map<string, number>();
  const lanes = new Map<LaneKey, LanePlan>();
  const checks: MonitoredCheck[] = [];
  const services = plan.systems.find(({ name }) => name === system)?.services ?? [];
  for (const service of services) {
    for (const check of service.checks.filter((each) => shardOf(service, each) === shard)) {
      const key = laneKey(check.everyMs, check.from);
      const lane = lanes.get(key);
      lanes.set(key, {
        key,
        everyMs: check.everyMs,
        timeoutMs: Math.max(check.timeoutMs, lane?.timeoutMs ?? 0),
        ...(check.from === undefined ? {} : { from: check.from }),
      });
      const rules = check.rules.map((rule): MonitoredRule => {
        const { forMs, hold, recoverForMs, recoverAfter, minBad, unknownForMs, severity } = rule;
        const base = {
          forMs,
          recoverForMs,
          recoverAfter,
          minBad,
          unknownForMs,
          severity,
          everyMs: check.everyMs,
        };
        const timing: RuleTiming = hold === undefined ? base : { ...base, hold };
        const text = JSON.stringify(timing);
        const index = timingIndex.get(text) ?? timings.push(timing) - 1;
        timingIndex.set(text, index);
        return { name: rule.name, timing: index };
      });
      checks.push({ key: `${service.name}/${check.name}`, lane: key, rules });
    }
  }
  return {
    revision: plan.revision,
    system,
    shard,
    lanes: [...lanes.values()].sort((a, b) => a.everyMs - b.everyMs || (a.key < b.key ? -1 : 1)),
    checks,
    timings,
    owner: monitorOwner(plan, system),
    searchAttributes,
  };
}

/** The system's owner, else those of its services. */
export function monitorOwner(plan: Plan, system: string): string {
  const found = plan.systems.find(({ name }) => name === system);
  const owners = [...new Set(found?.services.flatMap(({ owner }) => owner ?? []))].sort();
  return found?.owner ?? (owners.length === 0 ? NOBODY : owners.join(", "));
}

/** The check of an alert key. */
export function checkOfAlert(key: AlertKey): CheckKey {
  return key.split("/").slice(0, 2).join("/");
}

export function serviceOfKey(key: AlertKey): string {
  return key.slice(0, key.indexOf("/"));
}
