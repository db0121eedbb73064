import { describe, expect, it } from "@jest/globals";

import { MESSAGE_KINDS } from "../../src/domain/message.js";
import type { MessageKind } from "../../src/domain/message.js";
import type { DeliveryRecord, IncidentEvent } from "../../src/domain/story.js";
import { deliveryLine, eventLine, messageWord } from "../../src/domain/story-line.js";

const at = Date.UTC(2026, 10, 24, 11, 0, 0, 589);
const until = at + 30 * 60_000;

const event = (kind: string, text: string, facts: IncidentEvent["facts"] = {}) => ({ at, kind, text, facts });
const delivery = (
  kind: MessageKind,
  result: DeliveryRecord["result"],
  more: { readonly attempt?: number; readonly reason?: string } = {},
) => ({ notifier: "pager", kind, result, attempt: 1, ...more });

describe("a line of an incident's log", () => {
  it.each([
    [event("opened", "opened"), ""],
    [event("opened", "reopened: its alerts still fire"), "reopened: its alerts still fire"],
    [event("resumed", "resumed"), ""],
    [event("resumed", "the pause is over"), "the pause is over"],
    [event("escalated", "escalated by hand to the next step"), "by hand to the next step"],
    [event("refused", "comment refused: 'text' is missing"), "comment: 'text' is missing"],
    [event("member", "shop/api/ready/slow fires: 503"), "shop/api/ready/slow fires: 503"],
    [event("comment", "comment out the job"), "comment out the job"],
  ])("does not say again what its kind says: %j", (said, text) => {
    expect(eventLine(said)).toEqual({ kind: said.kind, text });
  });

  it.each([
    [event("acknowledged", "acknowledged", { until }), "until 11:30:00 UTC"],
    [event("acknowledged", "looking", { until }), "until 11:30:00 UTC: looking"],
    [event("acknowledged", "acknowledged"), ""],
    [event("paused", "the vendor works on it", { until }), "until 11:30:00 UTC: the vendor works on it"],
    [
      event("step", "critical: first step", { notify: "screen, pager" }),
      "critical: first step: screen, pager",
    ],
  ])("says until when and whom: %j", (said, text) => {
    expect(eventLine(said).text).toBe(text);
  });
});

describe("a line about an attempt", () => {
  it.each([
    [delivery("firing", "accepted"), "told", "page to pager"],
    [delivery("resolved", "accepted", { attempt: 3 }), "told", "end to pager, attempt 3"],
    [delivery("escalated", "retry", { reason: "HTTP 503" }), "retry", "escalation to pager: HTTP 503"],
    [
      delivery("updated", "held", { attempt: 0, reason: "quiet hours" }),
      "held",
      "update to pager: quiet hours",
    ],
  ])("is in the words of those who are told: %j", (attempt, kind, text) => {
    expect(deliveryLine(attempt)).toEqual({ kind, text });
  });

  it("has a word of its own for every kind of message", () => {
    expect(new Set(MESSAGE_KINDS.map(messageWord)).size).toBe(MESSAGE_KINDS.length);
  });
});
