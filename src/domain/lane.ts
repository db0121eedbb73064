/**
 * A delivery lane: what one notifier of one incident should hear, and what it has heard (lifecycle 7). Its desired state is read
 * anew before every attempt, so nothing stale is ever sent. Pure.
 */

import type { AttemptResult, MessageKind } from "./message.js";
import type { Severity } from "./severity.js";

/** Content updates to a lane that has been told come at most this often. */
export const UPDATE_EVERY_MS = 5 * 60_000;
/** An end is tried for so long before it is a dead letter. */
export const END_RETRY_MS = 72 * 60 * 60_000;
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 5 * 60_000;

/** What a message says, as far as it makes one message differ from another. */
export interface Content {
  readonly kind: MessageKind;
  /** `<alert>#<episode>` of the members routed to this lane, sorted. */
  readonly members: readonly string[];
  readonly severity: Severity;
  readonly acknowledged: boolean;
  /** How often steps and repeats have asked this lane to speak. */
  readonly pages: number;
  readonly reason: string;
}

/** A message on its way: the same `n` until its content changes. */
export interface Draft {
  readonly n: number;
  readonly content: Content;
  readonly decidedAt: number;
  readonly tries: number;
  readonly nextAt: number;
  /** An attempt of it may have arrived. */
  readonly ambiguous: boolean;
  /** An attempt is under way: until it ends the draft is left alone. */
  readonly flying: boolean;
}

export interface Heard {
  readonly n: number;
  readonly at: number;
  readonly content: Content;
}

export interface Lane {
  readonly notifier: string;
  /** The severities whose steps have reached this notifier. */
  readonly reached: readonly ("critical" | "warning")[];
  readonly pages: number;
  /** How the next page is worded, and why it is due. */
  readonly call: { readonly kind: "firing" | "escalated" | "repeated"; readonly reason: string };
  readonly n: number;
  readonly heard?: Heard;
  /** A message that may have arrived and was overtaken: an end is owed for it. */
  readonly maybeHeard?: Heard;
  readonly draft?: Draft;
  /** Digest of a content that the receiver refused for good; the same is not tried again. */
  readonly refused?: string;
  readonly heldUntil?: number;
}

/** Two contents with one digest are one message. */
export function digest(content: Content): string {
  const told = content.kind === "firing" || content.kind === "escalated" ? "" : String(content.pages);
  const kind = content.kind === "escalated" ? "firing" : content.kind;
  return [kind, content.severity, content.acknowledged, told, ...content.members].join("|");
}

/** What was last heard, counting what may have been: the side on which an end is owed. */
export function heardOrMaybe(lane: Lane): Heard | undefined {
  if (lane.heard !== undefined && lane.heard.content.kind !== "resolved") return lane.heard;
  if (lane.draft?.ambiguous && lane.draft.content.kind !== "resolved") {
    return { n: lane.draft.n, at: lane.draft.decidedAt, content: lane.draft.content };
  }
  return lane.maybeHeard;
}

/**
 * Brings the draft in line with what is wanted. A wanted content that equals the draft's keeps its number and its clock; another
 * one takes the next number; none drops the draft.
 */
export function redraft(
  lane: Lane,
  wanted: Content | undefined,
  now: number,
): { readonly lane: Lane; readonly dropped?: Draft } {
  const { draft, ...rest } = lane;
  if (draft?.flying) return { lane };
  if (wanted === undefined) {
    return draft === undefined ? { lane } : { lane: rest, dropped: draft };
  }
  if (draft !== undefined && digest(draft.content) === digest(wanted)) return { lane };
  if (draft === undefined && lane.refused === digest(wanted)) return { lane };
  const n = lane.n + 1;
  const overtakenEnd = draft?.ambiguous === true && draft.content.kind === "resolved";
  const next: Lane = {
    ...rest,
    // An end that may have arrived counts as heard: whoever fires again is told from the beginning.
    ...(overtakenEnd ? { heard: { n: draft.n, at: draft.decidedAt, content: draft.content } } : {}),
    n,
    draft: { n, content: wanted, decidedAt: now, tries: 0, nextAt: now, ambiguous: false, flying: false },
    ...(draft?.ambiguous && draft.content.kind !== "resolved"
      ? { maybeHeard: { n: draft.n, at: draft.decidedAt, content: draft.content } }
      : {}),
  };
  return draft === undefined ? { lane: next } : { lane: next, dropped: draft };
}

/** Folds one attempt's end. `spread` in [0, 1) is the jitter. */
export function afterAttempt(
  lane: Lane,
  n: number,
  result: AttemptResult,
  now: number,
  spread: number,
): { readonly lane: Lane; readonly dead: boolean } {
  const draft = lane.draft;
  if (draft?.n !== n) return { lane, dead: false };
  const { draft: gone, ...rest } = lane;
  switch (result.result) {
    case "accepted":
      return { lane: accepted(rest, { n, at: now, content: draft.content }), dead: false };
    case "rejected":
      return { lane: { ...rest, refused: digest(draft.content) }, dead: true };
    case "retry":
    case "ambiguous": {
      if (draft.content.kind === "resolved" && now - draft.decidedAt >= END_RETRY_MS) {
        return { lane: { ...rest, refused: digest(draft.content) }, dead: true };
      }
      const waitMs = Math.max(
        backoffMs(draft.tries, spread),
        result.result === "retry" ? (result.afterMs ?? 0) : 0,
      );
      const tried: Draft = {
        ...draft,
        flying: false,
        tries: draft.tries + 1,
        nextAt: now + waitMs,
        ambiguous: draft.ambiguous || result.result === "ambiguous",
      };
      return { lane: { ...rest, draft: tried }, dead: false };
    }
  }
}

/** 1 s, doubling up to 5 min, less up to a fifth of jitter. */
export function backoffMs(tries: number, spread: number): number {
  const full = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 20));
  return Math.round(full * (1 - spread / 5));
}

/** Nothing is on its way, and nothing is owed: every trouble that was heard has heard its end. */
export function laneAtRest(lane: Lane): boolean {
  if (lane.draft !== undefined) return false;
  const heard = heardOrMaybe(lane);
  return heard === undefined || lane.refused !== undefined;
}

function accepted(lane: Lane, heard: Heard): Lane {
  const { refused, maybeHeard, ...rest } = lane;
  if (heard.content.kind === "resolved") return { ...rest, heard };
  return { ...rest, heard, ...(maybeHeard !== undefined && maybeHeard.n > heard.n ? { maybeHeard } : {}) };
}
