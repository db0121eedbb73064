/** One incident of a whole Tocsin, told to every kind of channel: each of them believes nothing and refuses what the real one refuses. */

import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { startMailServer, type MailServer } from "../support/mail-server.js";
import { ntfyProblem } from "../support/ntfy-rules.js";
import { pagerdutyProblem } from "../support/pagerduty-rules.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { apiProblem, type SlackBody } from "../support/slack-rules.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

jest.setTimeout(240_000);

const SECOND = 1_000;
const PATIENCE_MS = 60 * SECOND;
const POSTED = { ok: true, channel: "C0123456789", ts: "1769850300.000100" };
const ENV = {
  PLANTED_ROUTING_KEY: "0123456789abcdef0123456789abcdef",
  PLANTED_BOT_TOKEN: "xoxb-planted-token-1234",
  PLANTED_TOPIC: "planted-topic-5678",
};

function bodies({ received }: Receiver): readonly unknown[] {
  return received.map(({ body }) => JSON.parse(body) as unknown);
}

/** A history with what its payloads hold. */
function readable(history: string): string {
  const payloads = Array.from(history.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g), ([, data = ""]) =>
    Buffer.from(data, "base64").toString(),
  );
  return [history, ...payloads].join("\n");
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pass(50);
  }
}

describe("one incident", () => {
  let pager: Receiver;
  let chat: Receiver;
  let phone: Receiver;
  let mail: MailServer;
  let target: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    [pager, chat, phone, mail, target] = await Promise.all([
      startReceiver({ problemOf: pagerdutyProblem }),
      startReceiver({ problemOf: apiProblem, accepting: JSON.stringify(POSTED) }),
      startReceiver({ problemOf: ntfyProblem }),
      startMailServer(),
      startSwitchTarget(),
    ]);
    const options = {
      every: "1s",
      timeout: "1s",
      for: "3s",
      recoverFor: "2s",
      policy: "    critical: [ { notify: [pager, chat, phone, mail] } ]",
    };
    const config = watching([{ service: "api", url: target.url }], { url: "" }, options).replace(
      /^ {2}hook: .*$/m,
      [
        `  pager: { type: pagerduty, url: "${pager.url}", routing_key: env:PLANTED_ROUTING_KEY, allow_private: true }`,
        `  chat: { type: slack, api_url: "${chat.url}", token: env:PLANTED_BOT_TOKEN, channel: C0123456789, allow_private: true }`,
        `  phone: { type: ntfy, server: "${phone.url}", topic: env:PLANTED_TOPIC, allow_private: true }`,
        `  mail: { type: email, host: 127.0.0.1, port: ${mail.port}, tls: none, from: tocsin@example.org, to: [oncall@example.org], allow_private: true }`,
      ].join("\n"),
    );
    installation = await startInstallation({ config, env: ENV });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await Promise.all([pager, chat, phone, mail, target].map((each) => each.close()));
  }, 60_000);

  it("is opened, acknowledged and ended in every channel, each in its own way", async () => {
    await target.refuse();
    await until("everybody has heard of it", () =>
      [pager.received, chat.received, phone.received, mail.taken].every(({ length }) => length > 0),
    );
    expect((await installation.tocsin("ack", "--by", "ada")).code).toBe(0);
    await until("everybody has heard who has it", () =>
      [pager.received, phone.received, mail.taken].every(({ length }) => length > 1),
    );
    await until("the thread has heard who has it", () => chat.received.length > 2);
    await target.answer(200);
    await until("everybody has heard the end", () =>
      [pager.received, phone.received, mail.taken].every(({ length }) => length > 2),
    );
    await until("the thread has heard the end", () => chat.received.length > 4);

    for (const { received } of [pager, chat, phone])
      expect(received.map(({ problem }) => problem).filter(Boolean)).toEqual([]);

    const events = bodies(pager) as readonly { readonly event_action: string; readonly dedup_key: string }[];
    expect(events.map(({ event_action: action }) => action)).toEqual(["trigger", "acknowledge", "resolve"]);
    expect(new Set(events.map(({ dedup_key: key }) => key)).size).toBe(1);

    const said = bodies(chat) as readonly SlackBody[];
    expect(said.map(({ ts, thread_ts: thread }) => [ts, thread])).toEqual([
      [undefined, undefined],
      [POSTED.ts, undefined],
      [undefined, POSTED.ts],
      [POSTED.ts, undefined],
      [undefined, POSTED.ts],
    ]);

    const [first, ...others] = mail.taken.map((each) => each.mail);
    for (const other of others) expect(other.inReplyTo).toBe(first?.messageId);
    expect(mail.taken.map((each) => /^\[(.*?)\]/.exec(each.mail.subject ?? "")?.[1])).toEqual([
      "FIRING",
      "ACKNOWLEDGED",
      "RESOLVED",
    ]);

    const pushed = bodies(phone) as readonly { readonly priority: number; readonly topic: string }[];
    expect(pushed.map(({ priority }) => priority)).toEqual([5, 3, 3]);
    expect(pushed.every(({ topic }) => topic === ENV.PLANTED_TOPIC)).toBe(true);
  });

  it("leaves no secret in what it has written", async () => {
    const why = await installation.tocsin("why", "shop/api");
    const shown = await installation.temporal(
      "workflow",
      "show",
      "--workflow-id",
      "incident:shop/api",
      "--output",
      "json",
    );
    const history = readable(shown.stdout);
    expect(history).toContain("C0123456789:1769850300.000100");
    for (const secret of Object.values(ENV)) {
      expect(installation.log()).not.toContain(secret);
      expect(why.stdout).not.toContain(secret);
      expect(history).not.toContain(secret);
    }
  });
});
