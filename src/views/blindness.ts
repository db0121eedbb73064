/** Where Tocsin does not see, from what its monitors say and do not say. Pure. */

import { spokenDuration } from "../lib/spoken.js";
import type { LiveLane } from "../temporal/live-status.js";
import type { MonitorNow } from "./monitors.js";
import { monitorName } from "./monitors.js";
import { clockUtc } from "./times.js";

export interface BlindSpot {
  readonly system: string;
  readonly since?: number;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** Everything that keeps a monitor from seeing, worst first: not running, not answered for, not swept, not known. */
export function blindSpots(monitors: readonly MonitorNow[], now: number): readonly BlindSpot[] {
  return monitors.flatMap(({ monitor, asked }): readonly BlindSpot[] => {
    const { system } = monitor;
    const name = monitorName(monitor);
    switch (asked.state) {
      case "absent":
        return [{ system, reason: `no monitor runs for ${name}, although the configuration asks for one` }];
      case "no-worker":
        return [{ system, reason: `no worker answers for ${name}: nothing is judged until one is back` }];
      case "answered": {
        const { lanes, blind } = asked.value;
        const stale = lanes.filter((lane) => isOverdue(lane, now)).map((lane) => staleLane(name, lane, now));
        const causes = Object.values(blind).map((cause) => ({
          system,
          since: cause.since,
          reason: `${name} knows nothing of ${cause.hidden} ${cause.hidden === 1 ? "alert" : "alerts"} since ${clockUtc(cause.since, now)}: ${cause.reason}`,
        }));
        return [...stale.map((spot) => ({ system, ...spot })), ...causes];
      }
    }
  });
}

/** No sweep of this lane has come back for three of its intervals: the measure by which the monitor itself calls it stale. */
export function isOverdue(lane: LiveLane, now: number): boolean {
  const from = lane.sweptAt ?? lane.anchor;
  return lane.stale === true || (from !== undefined && now > from + 3 * lane.everyMs + lane.timeoutMs);
}

function staleLane(name: string, lane: LiveLane, now: number): Omit<BlindSpot, "system"> {
  const every = `checks of ${name} every ${spokenDuration(lane.everyMs)}${lane.from === undefined ? "" : ` from ${lane.from}`}`;
  if (lane.sweptAt === undefined)
    return { reason: `the ${every} have never been swept: is there a worker for them?` };
  return {
    since: lane.sweptAt,
    reason: `the ${every} have not been swept since ${clockUtc(lane.sweptAt, now)}`,
  };
}
