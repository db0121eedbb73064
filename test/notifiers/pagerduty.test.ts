import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import { pagerduty } from "../../src/notifiers/pagerduty.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { SECRETS, sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { pagerdutyProblem } from "../support/pagerduty-rules.js";
import { startReceiver } from "../support/receiver.js";
import type { Receiver } from "../support/receiver.js";

const KEYS = { routing_key: "env:SUITE_KEY", allow_private: true };
const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "pager" };

describeNotifier({
  notifier: pagerduty,
  http: true,
  wireText: (events) => JSON.stringify(events),
  keys: (url) => ({ ...KEYS, url }),
  provider: { problemOf: pagerdutyProblem },
});

const SPEC = pagerduty.schema.parse(KEYS);

describe("an event", () => {
  test.each(Object.entries(MESSAGE_STORIES))("of %s reads like this", (_name, message) => {
    // As text, because the order of the details is what is read.
    expect(JSON.stringify(pagerduty.render(message, SPEC), undefined, 2)).toMatchSnapshot();
  });

  test.each<readonly [string, Partial<Message>, readonly string[]]>([
    ["a page triggers under its round", { round: 2 }, ["trigger p2"]],
    ["news of what nobody has triggers: it is added to what is open", { kind: "updated" }, ["trigger p1"]],
    [
      "news of what somebody has is only said to be had",
      { kind: "updated", round: 2, acknowledged: { by: "ada", at: 0 } },
      ["acknowledge p2"],
    ],
    [
      "the end resolves every round, newest first",
      { kind: "resolved", round: 3 },
      ["resolve p3", "resolve p2", "resolve p1"],
    ],
    [
      "the end of what somebody had resolves, too",
      { kind: "resolved", acknowledged: { by: "ada", at: 0 } },
      ["resolve p1"],
    ],
  ])("of %s", (_name, change, expected) => {
    const message = { ...previewMessage("firing", AT), ...change };
    const events = pagerduty.render(message, SPEC);
    expect(events.map((each) => `${each.event_action} ${each.dedup_key.split("/").at(-1) ?? ""}`)).toEqual(
      expected,
    );
    for (const { dedup_key: key } of events) expect(key.startsWith(`${message.incident}/p`)).toBe(true);
  });

  test("of an incident with more rounds than may be ended at once resolves the newest", () => {
    const events = pagerduty.render({ ...previewMessage("resolved", AT), round: 150 }, SPEC);
    expect(events).toHaveLength(100);
    expect(events[0]?.dedup_key).toMatch(/\/p150$/);
  });

  test("leaves out a link that is none, and never cuts one", () => {
    const links = { runbook: "see the wiki", "Temporal UI": `https://x.example/${"a".repeat(3_000)}` };
    const [event] = pagerduty.render({ ...previewMessage("firing", AT), links }, SPEC);
    expect(event?.links).toEqual([]);
    expect(event).not.toHaveProperty("client_url");
  });
});

describe("PagerDuty", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ problemOf: pagerdutyProblem });
  });
  afterEach(() => receiver.close());

  async function tell(change: Partial<Message> = {}, context = sendContext()) {
    const spec = pagerduty.schema.parse({ ...KEYS, url: receiver.url });
    const message = { ...previewMessage("firing", AT), ...change };
    return pagerduty.send(pagerduty.render(message, spec), spec, context);
  }

  test("gets every end of a story with many rounds", async () => {
    expect(await tell({ kind: "resolved", round: 25 })).toMatchObject({ result: "accepted" });
    expect(receiver.received.map(({ problem }) => problem)).toEqual(Array(25).fill(undefined));
  });

  test("is told all ends again when one of them did not arrive", async () => {
    receiver.answer({ status: 429, headers: { "retry-after": "30" } }, 1);
    const result = await tell({ kind: "resolved", round: 3 });
    expect(result).toEqual({ result: "retry", reason: "HTTP 429", afterMs: 30_000 });
    expect(await tell({ kind: "resolved", round: 3 })).toMatchObject({ result: "accepted" });
  });

  test("says why it refuses, in its own words", async () => {
    const body = JSON.stringify({ status: "invalid event", errors: ["'payload.summary' is missing"] });
    receiver.answer({ status: 400, body });
    expect(await tell()).toEqual({ result: "rejected", reason: "HTTP 400: 'payload.summary' is missing" });
  });

  test.each([
    ["repeats the key", { errors: [`no such key ${String(SECRETS["env:SUITE_KEY"])}`] }],
    ["is no list", { errors: 7 }],
    ["is nothing at all", {}],
  ])("is refused without its words when what it says %s", async (_name, body) => {
    receiver.answer({ status: 400, body: JSON.stringify(body) });
    expect(await tell()).toEqual({ result: "rejected", reason: "HTTP 400" });
  });

  test("is not asked with something that is no integration key", async () => {
    const spec = pagerduty.schema.parse({ ...KEYS, routing_key: "env:SUITE_TOKEN", url: receiver.url });
    const result = await pagerduty.send(
      pagerduty.render(previewMessage("firing", AT), spec),
      spec,
      sendContext(),
    );
    expect(result).toEqual({
      result: "rejected",
      reason: "routing_key: env:SUITE_TOKEN holds no integration key of 32 letters and digits",
    });
    expect(receiver.received).toEqual([]);
  });
});
