/** What an incident remembers for those who read its page, and decides nothing by. Carried over continue-as-new. */

import type { IncidentId } from "../src/domain/ids.js";
import type { Conversation, IncidentEffect } from "../src/domain/incident-state.js";
import type { IncidentTexts, Member } from "../src/domain/members.js";
import type { MessageKind } from "../src/domain/message.js";
import type { Refused } from "./refusals.js";

export interface ReaderNotes {
  readonly texts: IncidentTexts;
  /** By incident and notifier: what first told it of the trouble, until it is told of new trouble after its end. */
  readonly first: Readonly<Record<string, FirstHeard>>;
  /** The last that was sent by signal and could not be taken. */
  readonly refused?: Refused;
}

export interface FirstHeard {
  readonly at: number;
  readonly kind: MessageKind;
  readonly over?: true;
}

type Delivery = Extract<IncidentEffect, { readonly effect: "delivery" }>;

export const NO_NOTES: ReaderNotes = { texts: { alerts: {} }, first: {} };

/** Several monitors may speak to one incident: what they say is kept for as long as the alert fires. */
export function withTexts(
  notes: ReaderNotes,
  texts: IncidentTexts | undefined,
  members: readonly Member[],
): ReaderNotes {
  if (texts === undefined) return notes;
  const all = { ...notes.texts.alerts, ...texts.alerts };
  const alerts = members.flatMap(({ alert }) => (all[alert] === undefined ? [] : [[alert, all[alert]]]));
  return { ...notes, texts: { ...texts, alerts: Object.fromEntries(alerts) as IncidentTexts["alerts"] } };
}

/** `conversations`: those there are; what was noted of others is forgotten. */
export function withDelivery(
  notes: ReaderNotes,
  { incident, notifier, kind, result }: Delivery,
  conversations: readonly Conversation[],
  at: number,
): ReaderNotes {
  if (result !== "accepted") return notes;
  const key = keyOf(incident, notifier);
  const known = notes.first[key];
  const first = kind === "resolved" ? known && { ...known, over: true as const } : freshOf(known, kind, at);
  const kept = Object.entries(notes.first).filter(([each]) =>
    conversations.some(({ id }) => each.startsWith(keyOf(id, ""))),
  );
  return {
    ...notes,
    first: { ...Object.fromEntries(kept), ...(first === undefined ? {} : { [key]: first }) },
  };
}

export function firstHeard(
  { first }: ReaderNotes,
  incident: IncidentId,
  notifier: string,
): FirstHeard | undefined {
  return first[keyOf(incident, notifier)];
}

function freshOf(known: FirstHeard | undefined, kind: MessageKind, at: number): FirstHeard {
  return known === undefined || known.over ? { at, kind } : known;
}

function keyOf(incident: IncidentId, notifier: string): string {
  return `${incident}/${notifier}`;
}
