/**
 * The rounds of a lane: a receiver that has something as acknowledged notifies nobody of more under the same key, so what must page
 * again takes the next round (lifecycle 7, PagerDuty). Pure.
 */

import type { Content, Lane } from "./lane.js";

/** The round under which a content is told. An end is that of every round up to it. */
export function roundOf({ round = 1, quieted }: Lane, content: Content): number {
  const pages = content.kind !== "resolved" && !content.acknowledged;
  return pages && quieted ? round + 1 : round;
}

/** The lane once a content has been, or may have been, heard. */
export function withRound(lane: Lane, content: Content, isCertain: boolean): Lane {
  const { quieted, round, ...rest } = lane;
  if (content.kind === "resolved") return isCertain ? { ...rest, ...known(round) } : lane;
  const next = { ...rest, ...known(roundOf(lane, content)) };
  return content.acknowledged ? { ...next, quieted: true } : next;
}

function known(round: number | undefined): Pick<Lane, "round"> {
  return round === undefined ? {} : { round };
}
