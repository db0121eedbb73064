import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import { Secret } from "../../src/lib/secret.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { slack } from "../../src/notifiers/slack.js";
import { slackBlocks } from "../../src/notifiers/slack-blocks.js";
import { hostileMessage, sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { startReceiver } from "../support/receiver.js";
import type { Receiver } from "../support/receiver.js";
import type { SlackBody } from "../support/slack-rules.js";
import { apiProblem, webhookProblem } from "../support/slack-rules.js";

const BOT = { token: "env:SUITE_TOKEN", channel: "C0123456789", allow_private: true };
const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "chat" };
const POSTED = JSON.stringify({ ok: true, channel: "C0123456789", ts: "1769850300.000100" });
const RECEIPT = "C0123456789:1769850300.000100";

describeNotifier({
  notifier: slack,
  http: true,
  wireText: (rendered) => JSON.stringify(rendered),
  keys: (url) => ({ ...BOT, api_url: url }),
  provider: { problemOf: apiProblem, accepting: POSTED, accepted: [200] },
});

/** A message as a reader sees it, without its structure. */
function readable(message: Message): string {
  const { reply, blocks } = slack.render(message, slack.schema.parse({ ...BOT, mention: ["here"] }));
  const texts = blocks.flatMap((block) =>
    block.type === "section" ? [block.text.text] : [block.elements.map(({ text }) => text).join("   ")],
  );
  return [...texts, "--- in the thread", reply].join("\n\n");
}

describe("a message in Slack", () => {
  test.each(Object.entries(MESSAGE_STORIES))("of %s reads like this", (_name, message) => {
    expect(readable(message)).toMatchSnapshot();
  });

  test.each(Object.entries(MESSAGE_STORIES))(
    "of %s always says what comes next and how to acknowledge",
    (_name, message) => {
      const text = readable(message);
      expect(text).toMatch(/^\*next\*/m);
      if (message.kind !== "resolved") expect(text).toMatch(/^\*ack\* {2}`tocsin ack kohakku\/controller`$/m);
    },
  );

  test("mentions nobody, links nothing and formats nothing on behalf of a check", () => {
    const text = JSON.stringify(slackBlocks(hostileMessage));
    expect(text).not.toMatch(/<[!@#]/);
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;!channel&gt;");
  });

  test.each<readonly [string, Partial<Message>, string]>([
    ["a critical page", {}, "<!here> <@U0123456> <!subteam^S0123456> "],
    ["news", { kind: "updated", page: false }, ""],
    ["a warning", { severity: "warning" }, ""],
    ["the end", { kind: "resolved", page: false }, ""],
  ])("of %s mentions whom the configuration names", (_name, change, mentions) => {
    const spec = slack.schema.parse({ ...BOT, mention: ["here", "U0123456", "S0123456"] });
    const { text } = slack.render({ ...previewMessage("firing", AT), ...change }, spec);
    expect(text.replace(/^:\w+: /, "").split("*")[0]).toBe(mentions);
  });

  test.each([
    ["neither a webhook nor a bot", {}],
    ["both", { ...BOT, webhook: "env:HOOK" }],
    ["a bot without a channel", { token: "env:TOKEN" }],
    ["a token in plain text", { ...BOT, token: "xoxb-1" }],
    ["a webhook in plain text", { webhook: "https://hooks.slack.com/services/T/B/x" }],
    ["a mention of nobody", { ...BOT, mention: ["ada"] }],
  ])("is not configured with %s", (_name, keys) => {
    expect(slack.schema.safeParse(keys).success).toBe(false);
  });
});

describe("a bot in Slack", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ problemOf: apiProblem, accepting: POSTED });
  });
  afterEach(() => receiver.close());

  async function tell(kind: Message["kind"], receipt?: string) {
    const spec = slack.schema.parse({ ...BOT, api_url: `${receiver.url}/api` });
    const context = sendContext(receipt === undefined ? {} : { receipt });
    return slack.send(slack.render(previewMessage(kind, AT), spec), spec, context);
  }

  function bodies(): readonly SlackBody[] {
    return receiver.received.map(({ body }) => JSON.parse(body) as SlackBody);
  }

  test("says it anew, and remembers where", async () => {
    expect(await tell("firing")).toEqual({ result: "accepted", receipt: RECEIPT });
    expect(bodies()).toEqual([
      expect.objectContaining({ channel: "C0123456789", blocks: expect.any(Array) as unknown }),
    ]);
    expect(receiver.received[0]?.problem).toBeUndefined();
  });

  test("brings what stands up to date, then answers it in its thread", async () => {
    expect(await tell("acknowledged", RECEIPT)).toEqual({ result: "accepted", receipt: RECEIPT });
    const [update, reply] = bodies();
    expect(update).toMatchObject({ channel: "C0123456789", ts: "1769850300.000100" });
    expect(reply).toMatchObject({ thread_ts: "1769850300.000100", reply_broadcast: false });
    expect(receiver.received.map(({ problem }) => problem)).toEqual([undefined, undefined]);
  });

  test("shows a page that answers in the channel, too", async () => {
    await tell("repeated", RECEIPT);
    expect(bodies()[1]?.reply_broadcast).toBe(true);
  });

  test.each(["message_not_found", "edit_window_closed", "cant_update_message"])(
    "says it anew where what stood cannot be changed any more: %s",
    async (error) => {
      receiver.answer({ status: 200, body: JSON.stringify({ ok: false, error }) }, 1);
      expect(await tell("resolved", RECEIPT)).toEqual({ result: "accepted", receipt: RECEIPT });
      expect(bodies()[1]).not.toHaveProperty("thread_ts");
    },
  );

  test("answers nothing as long as what stands could not be brought up to date", async () => {
    receiver.answer({ status: 503 }, 1);
    expect(await tell("repeated", RECEIPT)).toMatchObject({ result: "retry" });
    expect(receiver.received).toHaveLength(1);
  });

  test.each([
    ["ratelimited", "retry"],
    ["service_unavailable", "retry"],
    ["internal_error", "ambiguous"],
    ["fatal_error", "ambiguous"],
    ["invalid_auth", "rejected"],
    ["channel_not_found", "rejected"],
    ["is_archived", "rejected"],
    ["msg_blocks_too_long", "rejected"],
  ])("takes ok: false with %s for %s, whatever the status says", async (error, result) => {
    receiver.answer({ status: 200, body: JSON.stringify({ ok: false, error }) });
    expect(await tell("firing")).toEqual({ result, reason: `Slack: ${error}` });
  });

  test.each([
    ["no word", { ok: false, error: "see <https://evil.example>" }, "rejected"],
    ["no answer of Slack", "<html>", "ambiguous"],
  ])("does not repeat what is %s", async (_name, body, result) => {
    receiver.answer({ status: 200, body: typeof body === "string" ? body : JSON.stringify(body) });
    const said = await tell("firing");
    expect(said.result).toBe(result);
    expect(JSON.stringify(said)).not.toMatch(/evil|html/);
  });

  test.each(["", "nonsense", "C0123456789", "C1:2:3", "<!channel>:1.2"])(
    "says it anew when what it remembers is %p",
    async (receipt) => {
      await tell("repeated", receipt);
      expect(bodies()).toHaveLength(1);
      expect(bodies()[0]).toMatchObject({ channel: "C0123456789", blocks: expect.any(Array) as unknown });
    },
  );
});

describe("a webhook of Slack", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver({ problemOf: webhookProblem, accepting: "ok" });
  });
  afterEach(() => receiver.close());

  async function tell(message: Message = previewMessage("firing", AT)) {
    const spec = slack.schema.parse({ webhook: "env:SLACK_WEBHOOK", allow_private: true });
    const secrets = () => Promise.resolve(new Secret(receiver.url));
    return slack.send(slack.render(message, spec), spec, sendContext({ secrets }));
  }

  test.each(Object.entries(MESSAGE_STORIES))("takes %s", async (_name, message) => {
    expect(await tell(message)).toEqual({ result: "accepted" });
    expect(receiver.received[0]?.problem).toBeUndefined();
  });

  test.each([
    [400, "invalid_blocks", { result: "rejected", reason: "HTTP 400: invalid_blocks" }],
    [403, "action_prohibited", { result: "rejected", reason: "HTTP 403: action_prohibited" }],
    [404, "no_service", { result: "rejected", reason: "HTTP 404: no_service" }],
    [404, "<html>not here</html>", { result: "rejected", reason: "HTTP 404" }],
    [410, "channel_is_archived", { result: "rejected", reason: "HTTP 410: channel_is_archived" }],
    [429, "rate_limited", { result: "retry", reason: "HTTP 429" }],
    [500, "rollup_error", { result: "retry", reason: "HTTP 500" }],
    [200, "<html>a portal</html>", { result: "ambiguous", reason: "HTTP 200, but not from Slack" }],
  ])("answers %i %s", async (status, body, result) => {
    receiver.answer({ status, body });
    expect(await tell()).toEqual(result);
  });

  test("is a secret, and is shown by its reference alone", async () => {
    receiver.answer("close");
    const spec = slack.schema.parse({ webhook: "env:SLACK_WEBHOOK" });
    expect(slack.target(spec)).toBe("webhook env:SLACK_WEBHOOK");
    expect(JSON.stringify(await tell())).not.toContain(new URL(receiver.url).port);
  });
});
