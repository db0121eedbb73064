/** An incident of which somebody has been told, and the pages that follow: where most stories of its machine begin. */

import type { Member } from "../../src/domain/members.js";
import type { PolicyPlan } from "../../src/domain/plan.js";
import { type IncidentStory, incidentStory, member, MINUTE } from "./incident-story.js";

/** Told of `members` at 0:00; only the pager's steps, so that every line is about the ladder. */
export function opened(
  members: readonly Member[] = [member()],
  policy: Partial<PolicyPlan> = {},
): IncidentStory {
  const story = incidentStory({ policy: { critical: [{ afterMs: 0, notify: ["pager"] }], ...policy } });
  story.members(members);
  return story;
}

/** `5 pager` for every page after that time, in minutes. */
export function pagesAfter(story: IncidentStory, atMs: number): readonly string[] {
  const pages = ["firing", "escalated", "repeated"];
  return story.attempts.flatMap((each) =>
    each.atMs > atMs && pages.includes(each.content.kind) ? [`${each.atMs / MINUTE} ${each.notifier}`] : [],
  );
}
