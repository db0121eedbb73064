/** The deadlines of a monitor's alerts, and which of them are decided together, so that what fails together is told together. Pure. */

import { nextDeadline } from "./alert-machine.js";
import type { AlertRecord, RuleTiming } from "./alert-state.js";
import type { AlertKey, MonitorPlan } from "./monitor-plan.js";
import { serviceOfKey } from "./monitor-plan.js";
import type { MonitorState } from "./monitor-state.js";
import { indexPlan } from "./plan-index.js";

/** One incident tells what fires within the same second (lifecycle 6); the rest of that second is for the probe and the page. */
const GATHER_SERVICE_MS = 750;
/** Services that fail so close together are probed together. */
const GATHER_MS = 250;
/** More than this many due within a second is one event of many victims: it is told as one, at most a second late. */
const MANY = 20;
const GATHER_MANY_MS = 1_000;

export interface Deadline {
  readonly at: number;
  readonly alert: AlertKey;
  readonly record: AlertRecord;
  readonly rule: RuleTiming;
}

export interface Gathering {
  readonly first: Deadline;
  /** When they are decided: at the last of them. */
  readonly at: number;
  readonly count: number;
  /** What is to be decided at `now`, once it is time: what waits for others of its service still waits. */
  due(now: number): readonly Deadline[];
}

/** Those of one service that are decided together. */
interface Group {
  readonly firstAt: number;
  readonly at: number;
  readonly deadlines: readonly Deadline[];
}

export function deadlinesOf(state: MonitorState, plan: MonitorPlan): readonly Deadline[] {
  const rules = indexPlan(plan);
  const found: Deadline[] = [];
  for (const [alert, record] of Object.entries(state.alerts)) {
    const rule = rules.timing(alert);
    const at = rule === undefined ? undefined : nextDeadline(record, rule);
    if (rule !== undefined && at !== undefined) found.push({ at, alert, record, rule });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Takes them in order; undefined when there are none. Services keep the order of their first deadlines. */
export function gather(all: readonly Deadline[]): Gathering | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  const soon = within(all, first.at + GATHER_MANY_MS);
  if (soon.length > MANY) {
    const at = lastOf(soon, first.at);
    return { first, at, count: soon.length, due: (now) => (now < at ? [] : within(all, now)) };
  }
  const groups = groupsOf(all);
  const earliest = Math.min(...groups.map(({ at }) => at));
  const close = groups.filter(({ at }) => at <= earliest + GATHER_MS);
  const patience = Math.min(...close.map(({ firstAt }) => firstAt + GATHER_SERVICE_MS));
  const together = close.filter(({ at }) => at <= patience);
  const at = Math.max(...together.map((group) => group.at));
  return {
    first: together[0]?.deadlines[0] ?? first,
    at,
    count: together.reduce((sum, group) => sum + within(group.deadlines, at).length, 0),
    due: (now) =>
      now < at ? [] : groups.flatMap((group) => (group.at <= now ? within(group.deadlines, now) : [])),
  };
}

function groupsOf(all: readonly Deadline[]): readonly Group[] {
  const services = new Map<string, Deadline[]>();
  for (const deadline of all) {
    const service = serviceOfKey(deadline.alert);
    const known = services.get(service);
    if (known === undefined) services.set(service, [deadline]);
    else known.push(deadline);
  }
  return [...services.values()].map((deadlines) => {
    const firstAt = deadlines[0]?.at ?? 0;
    return { firstAt, at: lastOf(within(deadlines, firstAt + GATHER_SERVICE_MS), firstAt), deadlines };
  });
}

function within(ordered: readonly Deadline[], until: number): readonly Deadline[] {
  return ordered.filter(({ at }) => at <= until);
}

function lastOf(ordered: readonly Deadline[], otherwise: number): number {
  return ordered.at(-1)?.at ?? otherwise;
}
