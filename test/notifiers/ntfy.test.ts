import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import { ntfy } from "../../src/notifiers/ntfy.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { SECRETS, sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { ntfyProblem } from "../support/ntfy-rules.js";
import { startReceiver } from "../support/receiver.js";
import type { Receiver } from "../support/receiver.js";

const KEYS = { topic: "env:SUITE_TOKEN", token: "env:SUITE_TOKEN", allow_private: true };
const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "phone" };

describeNotifier({
  notifier: ntfy,
  http: true,
  wireText: (rendered) => JSON.stringify(rendered),
  keys: (url) => ({ ...KEYS, server: url }),
  provider: { problemOf: ntfyProblem },
});

const SPEC = ntfy.schema.parse(KEYS);

describe("a push message", () => {
  test.each(Object.entries(MESSAGE_STORIES))("of %s reads like this", (_name, message) => {
    const { title, message: text, ...others } = ntfy.render(message, SPEC);
    expect(`${title}\n\n${text}\n\n${JSON.stringify(others)}`).toMatchSnapshot();
  });

  test.each<readonly [string, Partial<Message>, number, string]>([
    ["a critical page", {}, 5, "rotating_light"],
    ["a page of a warning", { severity: "warning" }, 4, "warning"],
    ["news", { kind: "updated", page: false }, 3, "rotating_light"],
    ["what somebody has", { page: false, acknowledged: { by: "ada", at: 0 } }, 3, "eyes"],
    ["the end", { kind: "resolved", page: false }, 3, "white_check_mark"],
  ])("of %s is as loud as that", (_name, change, priority, tag) => {
    const rendered = ntfy.render({ ...previewMessage("firing", AT), ...change }, SPEC);
    expect(rendered).toMatchObject({ priority, tags: [tag] });
  });

  test("never is louder than configured", () => {
    const spec = ntfy.schema.parse({ ...KEYS, priorities: { critical: 2 } });
    expect(ntfy.render(previewMessage("firing", AT), spec).priority).toBe(2);
    expect(ntfy.render(previewMessage("resolved", AT), spec).priority).toBe(2);
  });

  test("says who has it and how to acknowledge, however much fires", () => {
    for (const message of Object.values(MESSAGE_STORIES)) {
      const { message: text } = ntfy.render(message, SPEC);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2_500);
      if (message.kind !== "resolved") expect(text).toMatch(/\nack: tocsin ack kohakku\/controller$/);
    }
  });

  test.each([
    ["a topic that is none", { topic: "a/b" }],
    ["a token in plain text", { topic: "t", token: "tk_1" }],
    ["a priority that there is not", { topic: "t", priorities: { critical: 6 } }],
  ])("is not configured with %s", (_name, keys) => {
    expect(ntfy.schema.safeParse(keys).success).toBe(false);
  });
});

describe("an ntfy server", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ problemOf: ntfyProblem });
  });
  afterEach(() => receiver.close());

  test.each(Object.entries(MESSAGE_STORIES))("takes %s", async (_name, message) => {
    const spec = ntfy.schema.parse({ topic: "alerts", server: receiver.url, allow_private: true });
    expect(await ntfy.send(ntfy.render(message, spec), spec, sendContext())).toMatchObject({
      result: "accepted",
    });
    expect(receiver.received[0]?.problem).toBeUndefined();
    expect(receiver.received[0]?.headers).not.toHaveProperty("authorization");
  });

  test("gets the topic and the token that the references lead to", async () => {
    const spec = ntfy.schema.parse({ ...KEYS, server: receiver.url });
    await ntfy.send(ntfy.render(previewMessage("firing", AT), spec), spec, sendContext());
    const [delivery] = receiver.received;
    expect(JSON.parse(delivery?.body ?? "")).toMatchObject({ topic: SECRETS["env:SUITE_TOKEN"] });
    expect(delivery?.headers.authorization).toBe(`Bearer ${String(SECRETS["env:SUITE_TOKEN"])}`);
  });

  test("is not asked with a topic that is none", async () => {
    const spec = ntfy.schema.parse({ topic: "env:SUITE_SECRET", server: receiver.url });
    expect(await ntfy.send(ntfy.render(previewMessage("firing", AT), spec), spec, sendContext())).toEqual({
      result: "rejected",
      reason: "topic: env:SUITE_SECRET holds no topic",
    });
  });
});
