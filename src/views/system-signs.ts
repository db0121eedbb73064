/** How one system is seen, in numbers: what is planned, what is fresh, what is unknown. Pure. */

import { parseAlertId } from "../domain/ids.js";
import type { Plan } from "../domain/plan.js";
import { laneKey } from "../domain/monitor-plan.js";
import { shardOf } from "../domain/plan-shards.js";
import type { Severity } from "../domain/severity.js";
import { SEVERITIES } from "../domain/severity.js";
import type { LiveLane, MonitorStatus } from "../temporal/live-status.js";
import { blindSpots, isOverdue } from "./blindness.js";
import type { MonitorNow } from "./monitors.js";

const ACTIVE_STATES = ["pending", "firing", "recovering"] as const;

export interface SystemSigns {
  readonly system: string;
  /** Everything that should be seen of it is seen. */
  readonly seen: boolean;
  /** Absent while it is not known what should be watched. */
  readonly checks?: CheckSigns;
  /** What its monitors say; absent when one of them does not answer, so that nothing looks less than it is. */
  readonly live?: LiveSigns;
}

interface CheckSigns {
  /** Checks of the applied configuration that nobody has paused. */
  readonly planned: number;
  /** Of those: with a reading that is known and recent. */
  readonly fresh: number;
  readonly paused: number;
}

interface LiveSigns {
  /** The lane furthest behind: how much longer than its interval no sweep has come back. */
  readonly behindMs: number;
  readonly alerts: readonly {
    readonly severity: Severity;
    readonly state: (typeof ACTIVE_STATES)[number];
    readonly count: number;
  }[];
  readonly unknown: { readonly count: number; readonly longestMs: number };
  readonly rows: { readonly waiting: number; readonly dropped: number };
}

/** `monitors` are those of this system. */
export function systemSigns(
  system: string,
  monitors: readonly MonitorNow[],
  plan: Plan | undefined,
  now: number,
): SystemSigns {
  const answers = monitors.flatMap(({ asked }) => (asked.state === "answered" ? [asked.value] : []));
  return {
    system,
    seen: blindSpots(monitors, now).length === 0,
    ...(plan === undefined ? {} : { checks: checkSigns(plannedChecks(system, plan), answers, now) }),
    ...(answers.length < monitors.length ? {} : { live: liveSigns(answers, now) }),
  };
}

interface PlannedCheck {
  /** `<service>/<check>` */
  readonly key: string;
  readonly lane: string;
  readonly shard: number;
}

function checkSigns(
  checks: readonly PlannedCheck[],
  answers: readonly MonitorStatus[],
  now: number,
): CheckSigns {
  const planned = checks.filter(({ key }) => !isPaused(key, answers, now));
  const dark = darkChecks(answers);
  const fresh = planned.filter((check) => !dark.has(check.key) && isSwept(check, answers, now));
  return { planned: planned.length, fresh: fresh.length, paused: checks.length - planned.length };
}

function plannedChecks(system: string, plan: Plan): readonly PlannedCheck[] {
  const services = plan.systems.find(({ name }) => name === system)?.services ?? [];
  return services.flatMap((service) =>
    service.checks.map((check) => ({
      key: `${service.name}/${check.name}`,
      lane: laneKey(check.everyMs, check.from),
      shard: shardOf(service, check),
    })),
  );
}

function isPaused(key: string, answers: readonly MonitorStatus[], now: number): boolean {
  return answers.some(({ pauses }) =>
    pauses.some(
      ({ service, check, until }) =>
        until > now &&
        `${key}/`.startsWith([service, check, ""].filter((part) => part !== undefined).join("/")),
    ),
  );
}

function isSwept({ lane, shard }: PlannedCheck, answers: readonly MonitorStatus[], now: number): boolean {
  const swept = answers.find((each) => each.shard === shard)?.lanes.find(({ key }) => key === lane);
  return swept?.sweptAt !== undefined && !isOverdue(swept, now);
}

/** Checks with an alert of which nothing is known; one that answers and does not report a subject any more is known. */
function darkChecks(answers: readonly MonitorStatus[]): ReadonlySet<string> {
  const dark = answers
    .flatMap(({ alerts }) => alerts)
    .filter(({ unknownSince, absent }) => unknownSince !== undefined && absent !== true)
    .map(({ alert }) => {
      const { service, check } = parseAlertId(alert);
      return `${service}/${check}`;
    });
  return new Set(dark);
}

function liveSigns(answers: readonly MonitorStatus[], now: number): LiveSigns {
  const alerts = answers.flatMap((each) => each.alerts);
  const unknown = alerts.flatMap(({ unknownSince, absent }) =>
    unknownSince === undefined || absent === true ? [] : [now - unknownSince],
  );
  return {
    behindMs: Math.max(0, ...answers.flatMap(({ lanes }) => lanes.map((lane) => behind(lane, now)))),
    alerts: SEVERITIES.flatMap((severity) =>
      ACTIVE_STATES.map((state) => ({
        severity,
        state,
        count: alerts.filter((each) => each.state === state && each.severity === severity).length,
      })),
    ),
    unknown: { count: unknown.length, longestMs: Math.max(0, ...unknown) },
    rows: {
      waiting: answers.reduce((sum, { rowsWaiting }) => sum + rowsWaiting, 0),
      dropped: answers.reduce((sum, { rowsDropped = 0 }) => sum + rowsDropped, 0),
    },
  };
}

/** A lane that was never swept is behind since its first tick. */
function behind({ sweptAt, anchor, everyMs }: LiveLane, now: number): number {
  if (sweptAt !== undefined) return now - sweptAt - everyMs;
  return anchor === undefined ? 0 : now - anchor;
}
