import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";

import { MESSAGE_KINDS } from "../../src/domain/message.js";
import { cloudEvent, MAX_BODY_BYTES } from "../../src/notifiers/cloud-event.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage, withTexts } from "../contracts/notifier-fixtures.js";

const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "hook" };

interface Event {
  readonly data: {
    readonly alerts: readonly { readonly id: string; readonly summary: string }[];
    readonly more: number;
    readonly links: Readonly<Record<string, string>>;
  };
}

function read(body: string): Event {
  return JSON.parse(body) as Event;
}

describe("the event of a message", () => {
  test.each(MESSAGE_KINDS)("of kind %s looks like this", (kind) => {
    expect(JSON.parse(cloudEvent(previewMessage(kind, AT)))).toMatchSnapshot();
  });

  test("never holds a null: what does not apply is absent", () => {
    for (const kind of MESSAGE_KINDS) expect(cloudEvent(previewMessage(kind, AT))).not.toContain("null");
  });

  test("stays below its limit with at least the worst alert, and counts the others", () => {
    const texts = fc.string({ unit: "binary", maxLength: 3_000 });
    const nasty = fc.constantFrom("<", '"', "🔔", "\n", "\u0000").map((unit) => unit.repeat(5_000));
    fc.assert(
      fc.property(fc.oneof(texts, nasty), fc.integer({ min: 1, max: 50 }), (text, count) => {
        const body = cloudEvent(withTexts(text, count));
        const { alerts, more } = read(body).data;
        expect(Buffer.byteLength(body)).toBeLessThan(MAX_BODY_BYTES);
        expect(alerts.length).toBeGreaterThan(0);
        expect(alerts.length + more).toBe(count + 7);
      }),
      { numRuns: 40 },
    );
  });

  test("tells a subject that is not reported any more from one of which nothing is known", () => {
    const message = previewMessage("firing", AT);
    const gone = { unknownSince: AT.now, unknownReason: "no longer reported", absent: true as const };
    const alerts = message.alerts.map((alert) => ({ ...alert, ...gone }));
    expect(read(cloudEvent({ ...message, alerts })).data.alerts[0]).toMatchObject({
      unknown_since: "2026-01-31T09:05:00.000Z",
      unknown_reason: "no longer reported",
      absent: true,
    });
  });

  test("never cuts an id or an address: a long address is left out", () => {
    const { alerts, links } = read(cloudEvent(withTexts(`https://x.example/${"a".repeat(2_000)}`, 1))).data;
    expect(alerts[0]?.id).toBe("kohakku/controller/ready/not-ready/0");
    expect(links).toEqual({});
  });

  test("holds no character that a page would take for markup, and means the same", () => {
    const body = cloudEvent(hostileMessage);
    expect(body).not.toMatch(/[<>&]/);
    expect(read(body).data.alerts[0]?.summary).toContain("<script>alert(1)</script><!channel>@everyone");
  });
});
