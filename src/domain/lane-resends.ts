/**
 * What a lane tells again: a receiver like the Alertmanager forgets what it is not told again, so that what a sender that has died once
 * said does not fire for ever. Neither a gate nor a pause stands in the way: nobody is told anything new. Pure.
 */

import type { Conversation } from "./incident-state.js";
import type { Draft, Lane } from "./lane.js";
import { memberKey } from "./members.js";
import type { AttemptResult } from "./message.js";

/** A receiver that could not be told is tried again after this, well before it forgets. */
const RETRY_MS = 15_000;

/** When what was heard must be told again; undefined while it need not, or something else is on its way. */
export function resendDue({ members }: Conversation, lane: Lane): number | undefined {
  const { heard, resendAt, draft, resending } = lane;
  if (resendAt === undefined || resending || heard === undefined || draft?.flying) return undefined;
  if (heard.content.kind === "resolved" || draft?.content.kind === "resolved") return undefined;
  const isFiring = members.some((member) => heard.content.members.includes(memberKey(member)));
  return isFiring ? resendAt : undefined;
}

/** What was heard last, as a draft: the same number, as things stand now. */
export function heardAgain({ heard }: Lane): Draft | undefined {
  if (heard === undefined) return undefined;
  const { n, at, content } = heard;
  return { n, content, decidedAt: at, tries: 0, nextAt: at, ambiguous: false, flying: true };
}

export function launchResend(lane: Lane): Lane {
  return { ...lane, resending: true };
}

/** However it ended, it is due again; an accepted one says when. */
export function afterResend({ resending, ...lane }: Lane, result: AttemptResult, now: number): Lane {
  if (result.result === "accepted") return withResend(lane, result.resendAfterMs, now);
  const askedMs = result.result === "retry" ? (result.afterMs ?? 0) : 0;
  return { ...lane, resendAt: now + Math.max(RETRY_MS, askedMs) };
}

/** `afterMs`: when an accepted message must be told again, undefined for one that is remembered for good. */
export function withResend({ resendAt, ...lane }: Lane, afterMs: number | undefined, now: number): Lane {
  return afterMs === undefined ? lane : { ...lane, resendAt: now + afterMs };
}
