/** What happened in an incident, as people read it line by line: a kind and a text beside it that says nothing twice. Pure. */

import type { MessageKind } from "./message.js";
import type { DeliveryRecord, IncidentEvent } from "./story.js";
import { utcNear } from "./utc.js";

export interface StoryLine {
  readonly kind: string;
  readonly text: string;
}

const WORDS: Readonly<Record<MessageKind, string>> = {
  firing: "page",
  updated: "update",
  escalated: "escalation",
  repeated: "repeat",
  acknowledged: "acknowledgement",
  resolved: "end",
};

/** What a message is to whom it is told. */
export function messageWord(kind: MessageKind): string {
  return WORDS[kind];
}

export function eventLine({
  at,
  kind,
  text,
  facts,
}: Pick<IncidentEvent, "at" | "kind" | "text"> & {
  readonly facts?: IncidentEvent["facts"] | undefined;
}): StoryLine {
  const until = facts?.until;
  const notify = facts?.notify;
  const parts = [
    typeof until === "number" ? `until ${utcNear(until, at)}` : "",
    unrepeated(kind, text),
    typeof notify === "string" ? notify : "",
  ];
  return { kind, text: parts.filter((part) => part !== "").join(": ") };
}

export function deliveryLine({
  notifier,
  kind,
  attempt,
  result,
  reason,
}: Pick<DeliveryRecord, "notifier" | "kind" | "attempt" | "result" | "reason">): StoryLine {
  const tries = attempt > 1 ? `, attempt ${attempt}` : "";
  const why = reason === undefined ? "" : `: ${reason}`;
  return {
    kind: result === "accepted" ? "told" : result,
    text: `${messageWord(kind)} to ${notifier}${tries}${why}`,
  };
}

/** Texts stand alone in the store; beside their kind they would say it again. What a person wrote stays as it is. */
function unrepeated(kind: string, text: string): string {
  if (kind === "comment") return text;
  if (text === kind) return "";
  if (text.startsWith(`${kind} `)) return text.slice(kind.length + 1);
  return kind === "refused" ? text.replace(" refused: ", ": ") : text;
}
