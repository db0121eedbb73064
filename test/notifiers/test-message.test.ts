import { describe, expect, test } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import { MESSAGE_KINDS } from "../../src/domain/message.js";
import { messageText } from "../../src/notifiers/message-text.js";
import { testEnd, testMessage } from "../../src/notifiers/test-message.js";

const ABOUT = {
  now: Date.UTC(2026, 0, 31, 9, 5),
  notifier: "pager",
  by: "ada",
  revision: "000000000001" as RevisionId,
};
const FIRING = testMessage("firing", ABOUT);

describe("a message that only tries a notifier", () => {
  test("reads like this", () => {
    expect(messageText(FIRING)).toMatchInlineSnapshot(`
     "FIRING: TEST: nothing is broken, ada tries the notifier pager
       alert     tocsin/test/pager/test
       since     2026-01-31 09:05:00 UTC, for 0s, no good reading known
       severity  critical
       action    None. Whoever sent it wanted to know whether it arrives.
       with      nobody yet, owner ada
       note      This is a test message: nothing is broken.
       why now   ada tries it: tocsin notify test pager
       next      nobody else is told; the end will be told here
       ack       # a test: there is nothing to acknowledge"
    `);
  });

  test("has an end that reads like this", () => {
    expect(messageText(testEnd(FIRING, ABOUT.now + 1_000))).toMatchInlineSnapshot(`
     "RESOLVED: TEST: nothing is broken, ada tries the notifier pager
       alert     tocsin/test/pager/test
       state     over: the test is over
       since     2026-01-31 09:05:00 UTC, until 09:05:01 UTC (1s), no good reading
                 known
       severity  critical
       action    None. Whoever sent it wanted to know whether it arrives.
       with      nobody had acknowledged, owner ada
       note      This is a test message: nothing is broken.
       why now   the test is over
       next      nothing: this incident is over"
    `);
  });

  test.each(MESSAGE_KINDS)("of kind %s says in its first line that it is a test", (kind) => {
    expect(messageText(testMessage(kind, ABOUT)).split("\n")[0]).toContain("TEST: ");
  });

  test.each(MESSAGE_KINDS)("of kind %s leads nowhere, and acknowledges nothing of anybody's", (kind) => {
    const { links, ackCommand, alerts } = testMessage(kind, ABOUT);
    expect(links).toEqual({});
    expect(ackCommand).toMatch(/^# /);
    expect(alerts.map(({ runbook }) => runbook)).toEqual([undefined]);
  });

  test("and its end are of one incident, which no service has, under keys of their own", () => {
    const end = testEnd(FIRING, ABOUT.now + 1_000);
    expect(end.incident).toBe(FIRING.incident);
    expect(end.incident).toMatch(/^tocsin\/test@/);
    expect(end.n).toBeGreaterThan(FIRING.n);
    expect(new Set([FIRING.key, end.key]).size).toBe(2);
  });
});
