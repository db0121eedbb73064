/** The messages that every notifier is read with, as somebody would who was woken by them: made up, and as bad as it gets. */

import type { AlertId } from "../../src/domain/ids.js";
import type { Message, MessageAlert } from "../../src/domain/message.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage, withTexts } from "../contracts/notifier-fixtures.js";

const NOW = Date.UTC(2026, 0, 31, 3, 5);
const MINUTE = 60_000;
const AT = { now: NOW, notifier: "night" };
const ONE: Message = { ...previewMessage("firing", AT), notes: [] };
const [FIRST] = ONE.alerts;

function alert(index: number, change: Partial<MessageAlert> = {}): MessageAlert {
  if (FIRST === undefined) throw new Error("the sample has no alert");
  return {
    ...FIRST,
    id: `kohakku/controller/pool/pool-high/db-${index}` as AlertId,
    severity: index < 3 ? "critical" : "warning",
    summary: `Pool db-${index} is ${99 - (index % 40)} % used`,
    reason: `pool_used_percent ${99 - (index % 40)}`,
    action: "Find the connection leak or raise the pool.",
    ...change,
  };
}

function many(listed: number, more: number): Message {
  const alerts = Array.from({ length: listed }, (_, index) => alert(index));
  return { ...ONE, alerts, more };
}

function withAlert(message: Message, change: Partial<MessageAlert>): Message {
  return { ...message, alerts: message.alerts.map((each) => ({ ...each, ...change })) };
}

/** Nobody has it: what somebody has is told in fewer words. */
function unheld({ acknowledged: _, ...message }: Message): Message {
  return message;
}

/** By what is special about each; every one is from the middle of the same night. */
export const MESSAGE_STORIES: Readonly<Record<string, Message>> = {
  "one alert": ONE,
  "ten alerts": many(10, 0),
  "five hundred alerts": many(50, 450),
  "very long texts": unheld(
    withTexts("No room is left on the device that holds the queue. ".repeat(80).trim(), 3),
  ),
  "hostile check output": unheld(hostileMessage),
  acknowledged: { ...previewMessage("acknowledged", AT), notes: [] },
  escalated: { ...previewMessage("escalated", AT), notes: [] },
  blind: withAlert(
    { ...ONE, kind: "repeated", reason: "critical: still firing" },
    {
      since: NOW - 40 * MINUTE,
      lastGoodAt: NOW - 41 * MINUTE,
      unknownSince: NOW - 20 * MINUTE,
      unknownReason: "no answer within 5s",
    },
  ),
  resolved: { ...previewMessage("resolved", AT), notes: [] },
  gone: withAlert(
    { ...previewMessage("resolved", AT), notes: [], reason: "gone" },
    { endReason: "gone", absent: true, unknownSince: NOW - 20 * MINUTE, unknownReason: "no longer reported" },
  ),
};
