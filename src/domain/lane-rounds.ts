/**
 * The rounds of a lane: a receiver that has something as acknowledged notifies nobody of more under the same key, so what must page
 * again takes the next round (lifecycle 7, PagerDuty). Pure.
 */

import type { Content, Lane } from "./lane.js";
import { severityRank } from "./severity.js";

/** Steps, repeats and persons ask, and so does what gets worse; that somebody has it, or that the number of alerts changes, is news. */
export function isPage({ heard }: Lane, { kind, acknowledged, pages, severity }: Content): boolean {
  if (kind === "resolved" || kind === "acknowledged" || acknowledged) return false;
  if (kind !== "updated" || heard === undefined) return true;
  const { pages: heardPages, severity: heardSeverity } = heard.content;
  return pages > heardPages || severityRank(severity) > severityRank(heardSeverity);
}

/** The round under which a content is told: news stays with what it is news of. An end is that of every round up to it. */
export function roundOf(lane: Lane, content: Content): number {
  const { round = 1, quieted } = lane;
  return quieted && isPage(lane, content) ? round + 1 : round;
}

/** The lane once a content has been, or may have been, heard; before that is noted in it. */
export function withRound(lane: Lane, content: Content, isCertain: boolean): Lane {
  const { quieted, ...rest } = lane;
  if (content.kind === "resolved") return isCertain ? rest : lane;
  if (content.acknowledged) return { ...lane, round: roundOf(lane, content), quieted: true };
  return isPage(lane, content) ? { ...rest, round: roundOf(lane, content) } : lane;
}
