/**
 * A delivery lane: what one notifier of one incident should hear, and what it has heard (lifecycle 7). Its desired state is read
 * anew before every attempt, so nothing stale is ever sent. Pure; what an attempt comes to is in `lane-attempts.ts`.
 */

import type { MessageKind } from "./message.js";
import type { Severity } from "./severity.js";

/** Content updates to a lane that has been told come at most this often. */
export const UPDATE_EVERY_MS = 5 * 60_000;

/** What a message says, as far as it makes one message differ from another. */
export interface Content {
  readonly kind: MessageKind;
  /** `<alert>#<episode>` of the members routed to this lane, sorted. */
  readonly members: readonly string[];
  readonly severity: Severity;
  readonly acknowledged: boolean;
  /** By whom members are paused and until when, in words; absent while none is. */
  readonly paused?: string;
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
  /** The severities whose end it has heard, and whose steps have not reached it since. */
  readonly ended?: readonly ("critical" | "warning")[];
  readonly pages: number;
  /** How the next page is worded, and why it is due. `begins`: by the first step of its severity. */
  readonly call: {
    readonly kind: "firing" | "escalated" | "repeated";
    readonly reason: string;
    readonly begins: boolean;
  };
  readonly n: number;
  readonly heard?: Heard;
  /** Since when it is in the know, or may be: what ends from then on is named by the end that it is owed. */
  readonly toldSince?: number;
  /** Trouble that may have arrived and was overtaken: an end is owed for it. */
  readonly maybeHeard?: Heard;
  readonly draft?: Draft;
  /** Digest of a content that the receiver refused for good; the same is not tried again. */
  readonly refused?: string;
  /** The gate held the draft back: it is asked again then. */
  readonly heldUntil?: number;
  /** What the provider calls what it was told, until its end has been accepted. */
  readonly receipt?: string;
  /** When what was heard must be told again, so that the receiver does not forget it. */
  readonly resendAt?: number;
  /** That is under way: until it ends nothing else is sent. */
  readonly resending?: true;
  /** The last round that may have been opened; absent: the first, or none yet. */
  readonly round?: number;
  /** That round may have been told as acknowledged: it takes another one to page again. */
  readonly quieted?: true;
}

/** Two contents with one digest are one message. */
export function digest(content: Content): string {
  const told = content.kind === "firing" || content.kind === "escalated" ? "" : String(content.pages);
  const kind = content.kind === "escalated" ? "firing" : content.kind;
  const { severity, acknowledged, paused = "", members } = content;
  return [kind, severity, acknowledged, paused, told, ...members].join("|");
}

/** What was last heard, counting what may have been: the side on which an end is owed. */
export function heardOrMaybe(lane: Lane): Heard | undefined {
  if (lane.heard !== undefined && lane.heard.content.kind !== "resolved") return lane.heard;
  if (lane.draft !== undefined && mayBeTrouble(lane.draft)) return heardFrom(lane.draft);
  return lane.maybeHeard;
}

/** It may have arrived, and is owed an end if it has. */
export function mayBeTrouble({ ambiguous, content }: Draft): boolean {
  return ambiguous && content.kind !== "resolved";
}

/** When the draft wants its next attempt; undefined while none is waiting. No gate holds an end back. */
export function draftDue({ draft, heldUntil, resending }: Lane): number | undefined {
  if (draft === undefined || draft.flying || resending) return undefined;
  return draft.content.kind === "resolved" ? draft.nextAt : Math.max(draft.nextAt, heldUntil ?? 0);
}

/**
 * Brings the draft in line with what is wanted. A wanted content that equals the draft's keeps its number and its clock; another
 * one takes the next number and asks the gate anew, but no sooner than the receiver may be tried again; none drops the draft. What may
 * have arrived before it was dropped, and is wanted as it was, has its number still.
 */
export function redraft(
  lane: Lane,
  wanted: Content | undefined,
  now: number,
): { readonly lane: Lane; readonly dropped?: Draft } {
  const { draft, heldUntil, ...rest } = lane;
  if (draft?.flying) return { lane };
  const next = wanted !== undefined && lane.refused === digest(wanted) ? undefined : wanted;
  if (draft === undefined) return { lane: next === undefined ? lane : begun(rest, next, now) };
  if (next !== undefined && digest(draft.content) === digest(next)) {
    return { lane: { ...lane, draft: reworded(draft, next) } };
  }
  const remembered = rememberOvertaken(rest, draft);
  if (next === undefined) return { lane: remembered, dropped: draft };
  return { lane: withDraft(remembered, next, now, Math.max(now, draft.nextAt)), dropped: draft };
}

/** Nothing is on its way, and nothing is owed: every trouble that was heard has heard its end, or has given up on it. */
export function laneAtRest(lane: Lane): boolean {
  if (lane.draft !== undefined) return false;
  const heard = heardOrMaybe(lane);
  return heard === undefined || lane.refused !== undefined;
}

function begun(lane: Lane, wanted: Content, now: number): Lane {
  const { maybeHeard: maybe } = lane;
  const isSame =
    maybe?.n === lane.n && digest(maybe.content) === digest(wanted) && maybe.content.pages === wanted.pages;
  if (!isSame) return withDraft(lane, wanted, now, now);
  const { n, content, at: decidedAt } = maybe;
  return {
    ...lane,
    draft: { n, content, decidedAt, tries: 0, nextAt: now, ambiguous: true, flying: false },
  };
}

function withDraft(lane: Lane, content: Content, now: number, nextAt: number): Lane {
  const n = lane.n + 1;
  const draft: Draft = { n, content, decidedAt: now, tries: 0, nextAt, ambiguous: false, flying: false };
  return { ...lane, n, draft };
}

/** The same message may be worded anew, and answers what was asked meanwhile; not so one that may have arrived as it was. */
function reworded(draft: Draft, wanted: Content): Draft {
  if (draft.ambiguous) return draft;
  return { ...draft, content: { ...draft.content, pages: wanted.pages, reason: wanted.reason } };
}

/** A draft that may have arrived is not forgotten: trouble is owed its end, and after an end trouble is told from the beginning. */
function rememberOvertaken(lane: Lane, draft: Draft): Lane {
  if (!draft.ambiguous) return lane;
  const maybe = heardFrom(draft);
  if (draft.content.kind !== "resolved") return { ...lane, maybeHeard: maybe };
  // The end need not have arrived: what it was the end of is still owed one.
  const owed = heardOrMaybe(lane);
  return { ...lane, heard: maybe, ...(owed === undefined ? {} : { maybeHeard: owed }) };
}

/** What is heard when a draft arrives as it is. */
export function heardFrom(draft: Draft): Heard {
  return { n: draft.n, at: draft.decidedAt, content: draft.content };
}
