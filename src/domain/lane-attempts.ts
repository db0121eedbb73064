/** What an attempt comes to in its lane: heard, tried again after a while, or given up (lifecycle 7). Pure. */

import type { Draft, Heard, Lane } from "./lane.js";
import { digest, heardFrom, mayBeTrouble } from "./lane.js";
import { withResend } from "./lane-resends.js";
import { withRound } from "./lane-rounds.js";
import type { AttemptResult } from "./message.js";
import { MAX_RECEIPT_LENGTH } from "./message.js";

/** An end is tried for so long before it is a dead letter. */
export const END_RETRY_MS = 72 * 60 * 60_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;
/** A receiver that asks for more is asked again after this. */
const LONGEST_RETRY_AFTER_MS = 60 * 60_000;

type Accepted = Extract<AttemptResult, { readonly result: "accepted" }>;

/** Folds one attempt's end. `spread` in [0, 1) is the jitter. */
export function afterAttempt(
  lane: Lane,
  n: number,
  result: AttemptResult,
  now: number,
  spread: number,
): { readonly lane: Lane; readonly dead: boolean } {
  const { draft, ...rest } = lane;
  if (draft?.n !== n) return { lane, dead: false };
  switch (result.result) {
    case "accepted":
      return { lane: accepted(rest, draft, result, now), dead: false };
    case "rejected":
      return { lane: deadLetter(rest, draft), dead: true };
    case "retry":
    case "ambiguous": {
      const ambiguous = draft.ambiguous || result.result === "ambiguous";
      const known = result.result === "ambiguous" ? withRound(rest, draft.content, false) : rest;
      if (draft.content.kind === "resolved" && now - draft.decidedAt >= END_RETRY_MS) {
        return { lane: deadLetter(known, { ...draft, ambiguous }), dead: true };
      }
      const askedMs = result.result === "retry" ? retryAfterMs(result.afterMs) : 0;
      const nextAt = now + Math.max(backoffMs(draft.tries, spread), askedMs);
      const tried: Draft = { ...draft, flying: false, tries: draft.tries + 1, nextAt, ambiguous };
      const after = mayBeTrouble(tried) ? inTheKnow(withoutRefusal(known), tried) : known;
      return { lane: { ...after, draft: tried }, dead: false };
    }
  }
}

/** 1 s, doubling up to 5 min, less up to a fifth of jitter. */
export function backoffMs(tries: number, spread: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 20));
  return Math.round(full * (1 - spread / 5));
}

function accepted(lane: Lane, draft: Draft, result: Accepted, now: number): Lane {
  const { n, content } = draft;
  const { maybeHeard, ...rest } = withRound(withoutRefusal(lane), content, true);
  const heard: Heard = { n, at: now, content };
  if (content.kind !== "resolved") {
    const after = withResend(withReceipt(rest, result.receipt), result.resendAfterMs, now);
    return { ...inTheKnow(after, draft), heard };
  }
  const { toldSince, receipt: _over, resendAt, ...told } = rest;
  return { ...told, heard };
}

/** One that is too long to be carried along is as good as lost; the one before names something else. */
function withReceipt({ receipt: before, ...lane }: Lane, receipt: string | undefined): Lane {
  const next = receipt === undefined ? before : receipt.length > MAX_RECEIPT_LENGTH ? undefined : receipt;
  return next === undefined ? lane : { ...lane, receipt: next };
}

function inTheKnow(lane: Lane, { decidedAt }: Draft): Lane {
  return { ...lane, toldSince: lane.toldSince ?? decidedAt };
}

/** An end that was refused is not the end of what may have been told since: that one is tried. */
function withoutRefusal({ refused, ...lane }: Lane): Lane {
  return lane;
}

function deadLetter(lane: Lane, draft: Draft): Lane {
  const refused = digest(draft.content);
  return mayBeTrouble(draft) ? { ...lane, refused, maybeHeard: heardFrom(draft) } : { ...lane, refused };
}

function retryAfterMs(afterMs: number | undefined): number {
  if (afterMs === undefined || !Number.isFinite(afterMs)) return 0;
  return Math.min(Math.max(0, afterMs), LONGEST_RETRY_AFTER_MS);
}
