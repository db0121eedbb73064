/** One line per monitor: what it says of itself, and how far behind its sweeps are. */

import { isEpisode } from "../domain/alert-machine.js";
import type { MonitorStatus } from "../temporal/live-status.js";
import { blindSpots } from "./blindness.js";
import type { MonitorNow } from "./monitors.js";
import { monitorName } from "./monitors.js";
import type { PauseRow } from "./pauses.js";
import { pausesNow } from "./pauses.js";

export interface SystemRow {
  readonly monitor: string;
  readonly state: string;
  readonly firing: number;
  readonly pending: number;
  readonly unknown: number;
  readonly paused: number;
  readonly checks: number;
  /** The lane that is furthest behind, against its interval. */
  readonly sweptAt?: number;
  readonly revision?: string;
}

export function systemRow(each: MonitorNow, now: number): SystemRow {
  const { monitor, asked } = each;
  const name = monitorName(monitor);
  if (asked.state !== "answered") {
    const state = asked.state === "absent" ? "not running" : "no worker";
    return { monitor: name, state, firing: 0, pending: 0, unknown: 0, paused: 0, checks: 0 };
  }
  const { value } = asked;
  const sweptAt = furthestBehind(value);
  const pauses = pausesNow([each], now);
  return {
    monitor: name,
    state: stateOf(value, pauses, blindSpots([each], now).length > 0),
    firing: value.alerts.filter(isEpisode).length,
    pending: value.alerts.filter(({ state }) => state === "pending").length,
    unknown: value.alerts.filter(({ unknownSince }) => unknownSince !== undefined).length,
    paused: pauses.length,
    checks: value.checks,
    revision: value.revision,
    ...(sweptAt === undefined ? {} : { sweptAt }),
  };
}

/**
 * A monitor whose sweeps do not come back is the last to know that nothing it says is good; neither is what nobody probes, nor what
 * was never swept.
 */
function stateOf(
  { state, lanes, system }: MonitorStatus,
  pauses: readonly PauseRow[],
  isBlind: boolean,
): string {
  if (isBlind && state !== "firing") return "blind";
  if (state !== "good") return state;
  if (pauses.some(({ scope }) => scope === system)) return "paused";
  return lanes.some(({ sweptAt }) => sweptAt === undefined) ? "unknown" : state;
}

function furthestBehind({ lanes }: MonitorStatus): number | undefined {
  const swept = lanes.flatMap(({ sweptAt, everyMs }) =>
    sweptAt === undefined ? [] : [{ sweptAt, everyMs }],
  );
  const latest = Math.max(...swept.map(({ sweptAt }) => sweptAt));
  const behind = ({ sweptAt, everyMs }: (typeof swept)[number]): number => (latest - sweptAt) / everyMs;
  return swept.sort((a, b) => behind(b) - behind(a))[0]?.sweptAt;
}
