/** What an incident hands to an attempt: facts only; the texts are put to them where it is sent. Pure. */

import { acknowledgedUntil, isCovered, nextRung } from "./conversation.js";
import type { IncidentId, RevisionId } from "./ids.js";
import type { Conversation } from "./incident-state.js";
import type { Draft, Lane } from "./lane.js";
import { heardOrMaybe } from "./lane.js";
import { isPage, roundOf } from "./lane-rounds.js";
import type { EndedMember, Member } from "./members.js";
import { MAX_MEMBERS, memberKey } from "./members.js";
import type { Message, MessageKind } from "./message.js";
import type { Severity } from "./severity.js";

/** One message to one notifier, in facts; texts come from the plan where it is sent. */
export interface DeliverInput {
  readonly incident: IncidentId;
  readonly notifier: string;
  readonly n: number;
  /** It asks somebody to act now. */
  readonly page?: boolean;
  /** Absent: the first; activities may be older than what launched them. */
  readonly round?: number;
  /** What the provider called what it was told before. */
  readonly receipt?: string;
  readonly kind: MessageKind;
  readonly reason: string;
  readonly decidedAt: number;
  readonly state: "open" | "ended";
  readonly severity: Severity;
  /** The revision whose notifier settings are used. */
  readonly revision: RevisionId;
  /** The revision whose texts are used. */
  readonly textRevision: RevisionId;
  readonly members: readonly Member[];
  readonly ended: readonly EndedMember[];
  readonly more: number;
  readonly acknowledged?: Message["acknowledged"];
  readonly paused?: Message["paused"];
  readonly nextStep?: Message["nextStep"];
  readonly notes: readonly string[];
}

/** What `lane` is told by its draft, as its conversation stands. */
export function deliverInput(conversation: Conversation, lane: Lane, draft: Draft): DeliverInput {
  const { content, n, decidedAt } = draft;
  const routed = conversation.members.filter((member) => content.members.includes(memberKey(member)));
  const ended = endedFor(conversation, lane, content.kind);
  const { acknowledged, notes } =
    content.kind === "resolved" ? whoHad(conversation, ended) : whoHas(conversation, routed);
  const { pause } = conversation;
  const next = nextRung(conversation);
  return {
    incident: conversation.id,
    notifier: lane.notifier,
    n,
    page: isPage(lane, content),
    round: roundOf(lane, content),
    kind: content.kind,
    reason: content.reason,
    decidedAt,
    state: conversation.endedAt === undefined ? "open" : "ended",
    severity: content.severity,
    revision: conversation.revision,
    textRevision: conversation.textRevision,
    members: routed.slice(0, MAX_MEMBERS),
    ended,
    more: content.kind === "resolved" ? 0 : moreFor(conversation, lane) + routed.slice(MAX_MEMBERS).length,
    notes: [...conversation.notes, ...notes],
    ...(lane.receipt === undefined ? {} : { receipt: lane.receipt }),
    ...(acknowledged === undefined ? {} : { acknowledged }),
    ...(pause === undefined ? {} : { paused: { by: pause.by, until: pause.until } }),
    ...(next === undefined || content.kind === "resolved" ? {} : { nextStep: next }),
  };
}

/** What is over and this lane had heard of; its end names also what came and went between two updates. */
function endedFor(conversation: Conversation, lane: Lane, kind: MessageKind): readonly EndedMember[] {
  const heard = heardOrMaybe(lane)?.content.members ?? [];
  const { toldSince = Number.POSITIVE_INFINITY, reached } = lane;
  return conversation.ended.filter((member) => {
    if (heard.includes(memberKey(member))) return true;
    const isOfIt = reached.some((severity) => severity === member.severity);
    return kind === "resolved" && isOfIt && member.resolvedAt >= toldSince;
  });
}

/** How many of the alerts beyond the list this lane may have to hear of. */
function moreFor({ more, moreCritical }: Conversation, { reached }: Lane): number {
  if (reached.includes("warning")) return more;
  return reached.includes("critical") ? moreCritical : 0;
}

interface Holder {
  readonly acknowledged?: NonNullable<DeliverInput["acknowledged"]>;
  readonly notes: readonly string[];
}

/** Somebody has it only when he has all of it: who is paged for what nobody has must not read that somebody is at it. */
function whoHas(conversation: Conversation, routed: readonly Member[]): Holder {
  const { acknowledgement } = conversation;
  const had = acknowledgement === undefined ? [] : routed.filter((each) => isCovered(acknowledgement, each));
  if (acknowledgement === undefined || had.length === 0) return { notes: [] };
  const { by, at } = acknowledgement;
  const others = routed.length - had.length;
  if (others > 0) {
    const rest = others === 1 ? "the other" : "the others";
    return { notes: [`${by} has ${had.length} of these ${routed.length} alerts, nobody has ${rest}`] };
  }
  const until = acknowledgedUntil(conversation);
  return { acknowledged: { by, at, ...(until === undefined ? {} : { until }) }, notes: [] };
}

/** Of what is over: who had any of it. */
function whoHad({ acknowledgement }: Conversation, ended: readonly EndedMember[]): Holder {
  if (acknowledgement === undefined || !ended.some((each) => isCovered(acknowledgement, each)))
    return { notes: [] };
  const { by, at } = acknowledgement;
  return { acknowledged: { by, at }, notes: [] };
}
