import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";

import { email } from "../../src/notifiers/email.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import type { MailServer, MailServerOptions } from "../support/mail-server.js";
import { startMailServer } from "../support/mail-server.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import { ADDRESSES, MAIL_AT, mailSpec, tellByMail } from "../support/told-mail.js";

const servers: { close(): Promise<unknown> }[] = [];

/** Where the suite's own receiver listens; any before it does. */
let receivingPort = 25;
let conformance: MailServer;
beforeAll(async () => {
  conformance = await startMailServer();
  receivingPort = conformance.port;
});
afterAll(() => conformance.close());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((each) => each.close()));
});

async function serve(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await startMailServer(options);
  servers.push(server);
  return server;
}

describeNotifier({
  notifier: email,
  http: false,
  wireText: ({ state, topic, text }) => [state, topic, text].join("\n"),
  keys: () => ({
    host: "127.0.0.1",
    port: receivingPort,
    tls: "none",
    ...ADDRESSES,
    allow_private: true,
  }),
});

describe("a mail", () => {
  test.each(Object.entries(MESSAGE_STORIES))("of %s reads like this", (_name, message) => {
    const { state, topic, text } = email.render(message, mailSpec(25));
    expect(`${state} ${topic}\n\n${text}`).toMatchSnapshot();
  });

  test("arrives as it was written, and no machine answers it", async () => {
    const server = await serve();
    expect(await tellByMail(server.port)).toMatchObject({ result: "accepted" });
    const [{ mail, from, to } = { mail: undefined }] = server.taken;
    expect({ from, to }).toEqual({ from: "tocsin@example.org", to: ["oncall@example.org"] });
    expect(mail?.text).toBe(email.render(previewMessage("firing", MAIL_AT), mailSpec(25)).text);
    expect(mail?.html).toBe(false);
    expect(mail?.subject).toBe("[FIRING] kohakku/controller: Controller cannot serve: 503, redis is down");
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail?.headers.get("x-auto-response-suppress")).toBe("All");
    expect(mail?.headers.get("x-tocsin-key")).toBe("kohakku/controller@2026-01-31T09:05:00.000Z/mail/1");
    expect(mail?.headers.get("priority")).toBe("high");
    expect(mail?.date).toEqual(new Date(MAIL_AT.now));
  });

  test("of one incident is one thread: the first is what the others answer", async () => {
    const server = await serve();
    const first = previewMessage("firing", MAIL_AT);
    const later = {
      ...first,
      kind: "acknowledged" as const,
      page: false,
      n: 2,
      key: first.key.replace(/1$/, "2"),
    };
    await tellByMail(server.port, { message: first });
    await tellByMail(server.port, { message: later });
    const [root, reply] = server.taken.map(({ mail }) => mail);
    expect(root?.messageId).toBe("<kohakku/controller=2026-01-31T09_05_00.000Z/mail@example.org>");
    expect(root?.inReplyTo).toBeUndefined();
    expect(reply).toMatchObject({ inReplyTo: root?.messageId, references: root?.messageId });
    expect(reply?.messageId).not.toBe(root?.messageId);
    expect(reply?.headers.has("priority")).toBe(false);
  });

  test("keeps the thread's topic, behind how it stands now", async () => {
    const server = await serve();
    const accepted = await tellByMail(server.port);
    const receipt = accepted.result === "accepted" ? accepted.receipt : undefined;
    expect(receipt).toBe("kohakku/controller: Controller cannot serve: 503, redis is down");
    const end = previewMessage("resolved", MAIL_AT);
    await tellByMail(server.port, { message: { ...end, alerts: [] }, context: { receipt: String(receipt) } });
    expect(server.taken[1]?.mail.subject).toBe(`[RESOLVED] ${String(receipt)}`);
  });

  test("is the same, byte for byte, when it is sent again", async () => {
    const server = await serve();
    await tellByMail(server.port);
    await tellByMail(server.port);
    expect(server.taken[1]?.raw).toBe(server.taken[0]?.raw);
  });

  test.each([
    ["what a check said", hostileMessage, undefined],
    ["what it remembers", previewMessage("updated", MAIL_AT), "x\r\nBcc: everybody@example.org\r\n\r\nbody"],
    [
      "a summary that turns the line around",
      {
        ...previewMessage("firing", MAIL_AT),
        alerts: previewMessage("firing", MAIL_AT).alerts.map((alert) => ({
          ...alert,
          summary: "a\r\nBcc: b@example.org",
        })),
      },
      undefined,
    ],
  ])("gets no header from %s", async (_name, message, receipt) => {
    const server = await serve();
    const context = receipt === undefined ? {} : { receipt };
    expect(await tellByMail(server.port, { message, context })).toMatchObject({ result: "accepted" });
    const [{ mail, to } = { mail: undefined, to: [] }] = server.taken;
    expect(to).toEqual(["oncall@example.org"]);
    expect(mail?.headers.has("bcc")).toBe(false);
  });

  test.each([
    ["a password without a user", { password: "env:P" }],
    ["a user without a password", { user: "tocsin" }],
    ["a password in plain text", { user: "tocsin", password: "hunter2" }],
    ["nobody to write to", { to: [] }],
    ["an address that is none", { to: ["oncall"] }],
    ["an address with a header behind it", { to: ["a@example.org\r\nBcc: b@example.org"] }],
    ["two addresses in one", { to: ["a@example.org, b@example.org"] }],
    ["a name with a header in it", { from: "x\r\nBcc: b@example.org <a@example.org>" }],
  ])("is not configured with %s", (_name, keys) => {
    const whole = { host: "smtp.example.org", ...ADDRESSES, ...keys };
    expect(email.schema.safeParse(whole).success).toBe(false);
  });
});
