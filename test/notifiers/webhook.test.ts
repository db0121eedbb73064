import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";

import { Secret } from "../../src/lib/secret.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { webhook } from "../../src/notifiers/webhook.js";
import { SECRETS, sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import { startReceiver } from "../support/receiver.js";
import type { Receiver } from "../support/receiver.js";

describeNotifier({
  notifier: webhook,
  http: true,
  wireText: ({ body }) => body,
  keys: (url) => ({
    url,
    secret: "env:SUITE_SECRET",
    headers: { authorization: "env:SUITE_TOKEN" },
    allow_private: true,
  }),
});

describe("a webhook", () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  afterEach(() => receiver.close());

  async function tell(keys: Readonly<Record<string, unknown>>, context = sendContext()) {
    const spec = webhook.schema.parse({ url: receiver.url, ...keys });
    const message = previewMessage("firing", { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "hook" });
    return webhook.send(webhook.render(message, spec), spec, context);
  }

  test("carries the message's key as webhook-id and the event's id", async () => {
    await tell({});
    const [delivery] = receiver.received;
    expect(delivery?.id).toBe("kohakku/controller@2026-01-31T09:05:00.000Z/hook/1");
    expect(delivery?.event).toMatchObject({ id: delivery?.id, type: "tocsin.incident.firing" });
  });

  test("carries no signature without a secret", async () => {
    await tell({});
    expect(receiver.received[0]?.headers).not.toHaveProperty("webhook-signature");
  });

  test("signs with every secret of a list, so that a receiver may know either", async () => {
    await tell({ secret: ["env:SUITE_TOKEN", "env:SUITE_SECRET"] });
    const { body, headers } = receiver.received[0] ?? { body: "", headers: {} };
    const known = headers as Record<string, string>;
    const token = String(SECRETS["env:SUITE_TOKEN"]);
    expect(() => new Webhook(String(SECRETS["env:SUITE_SECRET"])).verify(body, known)).not.toThrow();
    expect(() => new Webhook(token, { format: "raw" }).verify(body, known)).not.toThrow();
  });

  test("sends its headers, resolved where they are references", async () => {
    await tell({ headers: { "x-plain": "as it is", authorization: "env:SUITE_TOKEN" } });
    expect(receiver.received[0]?.headers).toMatchObject({
      "x-plain": "as it is",
      authorization: SECRETS["env:SUITE_TOKEN"],
    });
  });

  test("takes its address from a secret, and then says nothing of it", async () => {
    const secrets = () => Promise.resolve(new Secret(receiver.url));
    expect(await tell({ url: "env:HOOK_URL" }, sendContext({ secrets }))).toMatchObject({
      result: "accepted",
    });
    expect(webhook.target(webhook.schema.parse({ url: "env:HOOK_URL" }))).toBe("env:HOOK_URL");
  });

  test.each([
    [
      "a secret that is no secret",
      { secret: "env:BROKEN" },
      "secret: env:BROKEN: what follows whsec_ is not base64",
    ],
    ["an address that is none", { url: "env:BROKEN" }, "url: env:BROKEN holds no http or https address"],
    ["a header with a line break", { headers: { "x-a": "env:BROKEN" } }, "header x-a"],
  ])("rejects %s and names the reference, not the value", async (_what, keys, reason) => {
    const secrets = () => Promise.resolve(new Secret("whsec_!\r\nx-injected: 1"));
    const result = await tell(keys, sendContext({ secrets }));
    expect(result.result).toBe("rejected");
    expect(JSON.stringify(result)).toContain(reason);
    expect(JSON.stringify(result)).not.toContain("injected");
  });

  test.each([
    ["an address that is not http", { url: "ftp://x.example" }],
    ["a password in the address", { url: "https://user:pass@x.example" }],
    ["a secret in plain text", { secret: "whsec_plain" }],
    ["an empty list of secrets", { secret: [] }],
    ["a header of its own", { headers: { "Webhook-Id": "1" } }],
    ["a header name with a space", { headers: { "x y": "1" } }],
    ["a time-out as long as the whole attempt", { timeout: "15s" }],
  ])("is not configured with %s", (_what, keys) => {
    expect(webhook.schema.safeParse({ url: "https://x.example", ...keys }).success).toBe(false);
  });
});
