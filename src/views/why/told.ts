/** What became of every message to one notifier in one incident, from the delivery records. Pure. */

import type { MessageKind } from "../../domain/message.js";
import type { DeliveryRecord } from "../../domain/story.js";
import type { Lane } from "../../domain/lane.js";
import { clock } from "../times.js";
import { counted } from "./why-line.js";

/** The attempts at one message: one key, one content. Oldest first, at least one. */
interface MessageAttempts {
  readonly kind: MessageKind;
  readonly n: number;
  readonly records: readonly DeliveryRecord[];
  readonly last: DeliveryRecord;
}

export interface Told {
  /** At least one message was accepted. */
  readonly told: boolean;
  /** Something was tried or decided at all. */
  readonly tried: boolean;
  /** Sentences, oldest message first. */
  readonly texts: readonly string[];
}

const KINDS: Readonly<Record<MessageKind, string>> = {
  firing: "the page",
  updated: "an update",
  escalated: "the escalation",
  repeated: "a repeat",
  acknowledged: "the acknowledgement",
  resolved: "the end",
};

/** `records` are those of one notifier, in any order; `lane` is its live state. */
export function toldBy(records: readonly DeliveryRecord[], lane: Lane | undefined, now: number): Told {
  const messages = messagesOf(records);
  const stored = messages.some(({ last }) => last.result === "accepted");
  // Where the store is away or behind, the workflow itself knows what was heard last.
  const heard = stored ? undefined : lane?.heard;
  const draft = messages.some(({ n }) => n === lane?.draft?.n) ? undefined : lane?.draft;
  return {
    told: stored || heard !== undefined,
    tried: messages.length > 0 || heard !== undefined || draft !== undefined,
    texts: [
      ...messages.map((message) => messageText(message, lane, now)),
      ...(heard === undefined ? [] : [`${KINDS[heard.content.kind]} at ${clock(heard.at, now)}.`]),
      ...(draft === undefined ? [] : [draftText(draft, lane, now)]),
    ],
  };
}

function messagesOf(records: readonly DeliveryRecord[]): readonly MessageAttempts[] {
  const byNumber = new Map<number, DeliveryRecord[]>();
  for (const record of [...records].sort((a, b) => a.at - b.at || a.seq - b.seq)) {
    byNumber.set(record.n, [...(byNumber.get(record.n) ?? []), record]);
  }
  return [...byNumber.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([n, all]) => {
      const last = all.at(-1);
      return last === undefined ? [] : [{ kind: last.kind, n, records: all, last }];
    });
}

function messageText(
  { kind, n, records, last }: MessageAttempts,
  lane: Lane | undefined,
  now: number,
): string {
  const what = KINDS[kind];
  const at = clock(last.at, now);
  const why = last.reason === undefined ? "" : `: ${last.reason}`;
  const tries = records.filter(({ result }) => result !== "held").length;
  const mine = lane?.draft?.n === n ? lane : undefined;
  const next = mine?.draft === undefined ? "" : `; next try at ${clock(mine.draft.nextAt, now)}`;
  const recheck = mine?.heldUntil === undefined ? "" : `; looked at again at ${clock(mine.heldUntil, now)}`;
  switch (last.result) {
    case "accepted":
      return `${what} at ${at}${earlierTrouble(records)}.`;
    case "retry":
      return `${what} did not get through: ${counted(tries, "attempt")}, the last at ${at}${why}${next}.`;
    case "ambiguous":
      return `${what} may have arrived at ${at}${why}; it is repeated under the same key${next}.`;
    case "rejected":
    case "dead":
      return `${what} was given up at ${at} after ${counted(tries, "attempt")}${why}. It is a dead letter: tocsin deadletters list.`;
    case "held":
      return `${what} was held at ${at}${why}${recheck}.`;
    case "superseded":
      return `${what} was never sent${why}.`;
    case "discarded":
      return `${what} was discarded at ${at}${why}.`;
  }
}

function earlierTrouble(records: readonly DeliveryRecord[]): string {
  const failed = records.filter(({ result }) => result === "retry" || result === "ambiguous");
  const [first] = failed;
  const held = records.find(({ result }) => result === "held");
  const trouble =
    first === undefined
      ? ""
      : `, after ${counted(failed.length, "failed attempt")}${first.reason === undefined ? "" : ` (${first.reason})`}`;
  return held === undefined
    ? trouble
    : `${trouble}, held before that${held.reason === undefined ? "" : ` (${held.reason})`}`;
}

function draftText(draft: NonNullable<Lane["draft"]>, lane: Lane | undefined, now: number): string {
  const what = KINDS[draft.content.kind];
  if (draft.flying) return `${what} is on its way.`;
  const held = lane?.heldUntil !== undefined && lane.heldUntil > now;
  if (held) return `${what} is held; asked again at ${clock(lane.heldUntil, now)}.`;
  return draft.tries === 0
    ? `${what} goes out at ${clock(draft.nextAt, now)}.`
    : `${what} did not get through: ${counted(draft.tries, "attempt")}; next try at ${clock(draft.nextAt, now)}.`;
}
