/** What is not probed because somebody paused it: by whom, until when, and why. Pure. */

import { oneLine } from "../lib/text.js";
import type { MonitorNow } from "./monitors.js";
import { minute } from "./times.js";

export interface PauseRow {
  /** `<system>[/<service>[/<check>]]`, as `resume` takes it. */
  readonly scope: string;
  readonly by: string;
  readonly at: number;
  readonly until: number;
  readonly reason?: string;
}

/** Those that hold now, by what they cover. Shards of a system that are paused together are one. */
export function pausesNow(monitors: readonly MonitorNow[], now: number): readonly PauseRow[] {
  const all = monitors.flatMap(({ monitor, asked }) =>
    asked.state !== "answered"
      ? []
      : asked.value.pauses.map(({ service, check, ...pause }): PauseRow => ({
          scope: [monitor.system, service, check].filter((part) => part !== undefined).join("/"),
          ...pause,
        })),
  );
  const byLine = new Map(all.filter(({ until }) => until > now).map((row) => [pauseText(row, now), row]));
  return [...byLine.values()].sort((a, b) => (a.scope < b.scope ? -1 : 1));
}

/** The one that lasts longest of those that cover an alert, or a scope as it is written. */
export function pauseOver(pauses: readonly PauseRow[], of: string): PauseRow | undefined {
  return pauses
    .filter(({ scope }) => of === scope || of.startsWith(`${scope}/`))
    .reduce<PauseRow | undefined>(
      (longest, each) => (each.until > (longest?.until ?? 0) ? each : longest),
      undefined,
    );
}

/** `kohakku/dispatcher paused by ana until 11:49: vendor` */
export function pauseText({ scope, ...pause }: PauseRow, now: number): string {
  return `${scope} ${pausedText(pause, now)}`;
}

/** `paused by ana until 11:49: vendor` */
export function pausedText(
  { by, until, reason }: Pick<PauseRow, "by" | "until" | "reason">,
  now: number,
): string {
  return oneLine(`paused by ${by} until ${minute(until, now)}${reason === undefined ? "" : `: ${reason}`}`);
}
