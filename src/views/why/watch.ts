/** How what is asked about is watched at this moment, from what its monitors say: paused, swept, blind. Pure. */

import type { CheckId } from "../../domain/ids.js";
import { laneKey } from "../../domain/monitor-plan.js";
import type { Plan } from "../../domain/plan.js";
import type { BlindSpot } from "../blindness.js";
import { blindSpots } from "../blindness.js";
import type { MonitorNow } from "../monitors.js";
import type { PauseRow } from "../pauses.js";
import { pausesNow } from "../pauses.js";
import { checkIds, findCheck } from "../../domain/plan-lookup.js";
import type { WhyTarget } from "../target.js";

export interface WatchedCheck {
  /** Its id; the target's own name where the configuration that has it is not known. */
  readonly check: CheckId;
  /** When a sweep of it came back last; absent when none ever did, or nobody says. */
  readonly sweptAt?: number;
}

export interface Watch {
  readonly checks: readonly WatchedCheck[];
  readonly pauses: readonly PauseRow[];
  /** What keeps these monitors from seeing. */
  readonly spots: readonly BlindSpot[];
}

/** `monitors`: those of the system that is asked about; all of them where it is Tocsin itself. */
export function watchOf(
  monitors: readonly MonitorNow[],
  plan: Plan | undefined,
  target: WhyTarget,
  now: number,
): Watch {
  const lanes = monitors.flatMap(({ asked }) => (asked.state === "answered" ? asked.value.lanes : []));
  const sweptAt = (check: CheckId): number | undefined => {
    const planned = plan === undefined ? undefined : findCheck(plan, check);
    const key = planned === undefined ? undefined : laneKey(planned.everyMs, planned.from);
    const own = lanes.filter((lane) => key === undefined || lane.key === key);
    const times = own.map((lane) => lane.sweptAt ?? 0);
    const oldest = Math.min(...times);
    return times.length === 0 || oldest === 0 ? undefined : oldest;
  };
  return {
    checks: checksMeant(plan, target).map((check) => {
      const at = sweptAt(check);
      return { check, ...(at === undefined ? {} : { sweptAt: at }) };
    }),
    pauses: pausesNow(monitors, now),
    spots: blindSpots(monitors, now),
  };
}

/** Never empty: where no configuration says which checks there are, the target stands for itself. */
export function checksMeant(plan: Plan | undefined, target: WhyTarget): readonly CheckId[] {
  const name: string = nameOf(target);
  const all = plan === undefined ? [] : checkIds(plan);
  const meant = all.filter(
    (check) => check === name || check.startsWith(`${name}/`) || name.startsWith(`${check}/`),
  );
  return meant.length > 0 ? meant : [name as CheckId];
}

function nameOf(target: WhyTarget): string {
  switch (target.kind) {
    case "service":
      return target.service;
    case "check":
      return target.check;
    case "alert":
      return target.alert;
  }
}
