/** The drift-free tick of a sweep lane: `anchor + k × interval`; ticks that were missed are skipped, never made up. */

import type { LaneClock } from "./monitor-state.js";

/** The clock after the tick at hand has been used: the first tick of the grid that lies after `now`. */
export function tickLane(clock: LaneClock, everyMs: number, now: number): LaneClock {
  const passed = Math.floor((now - clock.anchor) / everyMs) + 1;
  return { ...clock, next: clock.anchor + Math.max(1, passed) * everyMs };
}
