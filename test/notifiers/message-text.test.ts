import { describe, expect, test } from "@jest/globals";

import { MESSAGE_KINDS } from "../../src/domain/message.js";
import { headline, span } from "../../src/notifiers/message-parts.js";
import { messageText } from "../../src/notifiers/message-text.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage, hugeMessage } from "../contracts/notifier-fixtures.js";

const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "chat" };
const FIRING = previewMessage("firing", AT);

function labels(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => /^ {2}(\S+(?: \S+)?) {2,}\S/.exec(line)?.[1] ?? []);
}

describe("a message to a person", () => {
  test.each(MESSAGE_KINDS)("of kind %s reads like this", (kind) => {
    expect(messageText(previewMessage(kind, AT))).toMatchSnapshot();
  });

  test("says things in the order a woken person needs them", () => {
    const message = {
      ...FIRING,
      paused: { by: "ada", until: AT.now + 60_000 },
      notes: ["The store is away."],
    };
    expect(labels(messageText(message))).toEqual([
      ...["alert", "saw", "since", "severity", "action", "runbook"],
      ...["with", "held", "note", "why now", "next", "link", "ack"],
    ]);
  });

  test("is at most 80 columns wide, but never breaks an address or the command", () => {
    for (const kind of MESSAGE_KINDS) {
      for (const line of messageText(previewMessage(kind, AT)).split("\n")) {
        if (!/https?:/.test(line)) expect(line.length).toBeLessThanOrEqual(80);
      }
    }
    const ackCommand = `tocsin ack ${"kohakku/controller ".repeat(8)}`.trim();
    expect(
      messageText({ ...FIRING, ackCommand })
        .split("\n")
        .at(-1),
    ).toBe(`  ack       ${ackCommand}`);
  });

  test("has one blank-free block, whatever the target said", () => {
    for (const message of [hostileMessage, hugeMessage]) {
      for (const line of messageText(message).split("\n")) expect(line.trim()).not.toBe("");
    }
  });

  test("counts the alerts it does not show", () => {
    expect(messageText(hugeMessage)).toContain("and 47 more that are not shown");
    expect(headline(hugeMessage)).toMatch(/\(and 56 more\)$/);
  });

  test("says what follows when nobody else will be told", () => {
    const { nextStep: _, ...message } = FIRING;
    expect(messageText(message)).toContain("nobody else is told; the end will be told here");
  });

  describe("of an end, while other alerts of its incident fire", () => {
    const end = previewMessage("resolved", AT);
    const until = AT.now + 60_000;
    const { acknowledged: _, ...unheld } = end;

    test.each([
      ["that nobody had it", { ...unheld, state: "open" as const }],
      [
        "who had it",
        {
          ...end,
          state: "open" as const,
          acknowledged: { by: "ada", at: AT.now - 60_000, until },
          paused: { by: "bo", until },
        },
      ],
    ])("says %s, and nothing of what is to come", (_name, message) => {
      expect(messageText(message)).toMatchSnapshot();
    });
  });

  test("says that a recovering alert is not over", () => {
    const [alert] = FIRING.alerts;
    const alerts = alert === undefined ? [] : [{ ...alert, state: "recovering" as const }];
    expect(messageText({ ...FIRING, alerts })).toContain("recovering, not yet over");
  });

  test.each([
    [
      "of what nothing is known, and why",
      { unknownReason: "time-out after 5s" },
      "blind: no data since 09:01:00 UTC (time-out after 5s), it may have changed",
    ],
    ["of what nothing is known", {}, "blind: no data since 09:01:00 UTC, it may have changed"],
    [
      "of what is not reported any more: nobody is blind",
      { absent: true as const, unknownReason: "no longer reported" },
      "unknown: no longer reported, since 09:01:00 UTC",
    ],
  ])("says %s", (_name, known, words) => {
    const alerts = FIRING.alerts.map((alert) => ({
      ...alert,
      ...known,
      unknownSince: Date.UTC(2026, 0, 31, 9, 1),
    }));
    expect(messageText({ ...FIRING, alerts }, 120)).toContain(`  state     ${words}\n`);
  });

  test.each([
    ["recovered", "RESOLVED"],
    ["released", "RESOLVED"],
    ["hold over", "RESOLVED"],
    ["gone", "ENDED (gone)"],
    ["rule deleted", "ENDED (rule deleted)"],
    ["check removed", "ENDED (check removed)"],
  ])("that it is over because it is %s says %s", (endReason, heading) => {
    const end = previewMessage("resolved", AT);
    const alerts = end.alerts.map((alert) => ({ ...alert, endReason }));
    expect(headline({ ...end, alerts })).toBe(`${heading}: Controller cannot serve: 503, redis is down`);
  });

  test("without a single alert names the service", () => {
    expect(headline({ ...FIRING, alerts: [], more: 0 })).toBe("FIRING: kohakku/controller");
  });
});

test.each([
  [0, "0s"],
  [400, "0s"],
  [59_600, "1m"],
  [125_000, "2m 5s"],
  [4 * 3_600_000, "4h"],
  [3 * 86_400_000 + 3_600_000 + 59_000, "3d 1h"],
  [-5_000, "0s"],
])("a span of %i ms reads %s", (ms, text) => {
  expect(span(ms)).toBe(text);
});
