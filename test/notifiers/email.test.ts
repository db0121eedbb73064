import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";

import type { Message } from "../../src/domain/message.js";
import { Secret } from "../../src/lib/secret.js";
import { email } from "../../src/notifiers/email.js";
import type { SendContext } from "../../src/notifiers/notifier.js";
import { previewMessage } from "../../src/notifiers/sample-message.js";
import { hostileMessage, sendContext } from "../contracts/notifier-fixtures.js";
import { describeNotifier } from "../contracts/notifier.js";
import type { CertificateAuthority, Identity } from "../support/certificate-authority.js";
import { makeCertificateAuthority } from "../support/certificate-authority.js";
import type { MailServer, MailServerOptions } from "../support/mail-server.js";
import { startMailServer } from "../support/mail-server.js";
import { MESSAGE_STORIES } from "../support/message-stories.js";
import type { TcpTarget } from "../support/tcp-target.js";
import { closedPort, startTcpTarget } from "../support/tcp-target.js";

const ADDRESSES = { from: "Tocsin <tocsin@example.org>", to: ["oncall@example.org"] };
const AT = { now: Date.UTC(2026, 0, 31, 9, 5), notifier: "mail" };
const PASSWORD = "correct horse battery staple";
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

async function script(greet: Parameters<typeof startTcpTarget>[0]): Promise<TcpTarget> {
  const target = await startTcpTarget(greet);
  servers.push(target);
  return target;
}

function specFor(port: number, keys: Readonly<Record<string, unknown>> = {}) {
  return email.schema.parse({
    host: "127.0.0.1",
    port,
    tls: "none",
    ...ADDRESSES,
    allow_private: true,
    ...keys,
  });
}

async function tell(
  port: number,
  {
    keys = {},
    message = previewMessage("firing", AT),
    context = {},
  }: {
    readonly keys?: Readonly<Record<string, unknown>>;
    readonly message?: Message;
    readonly context?: Partial<SendContext>;
  } = {},
) {
  const spec = specFor(port, keys);
  return email.send(email.render(message, spec), spec, sendContext(context));
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
    const { state, topic, text } = email.render(message, specFor(25));
    expect(`${state} ${topic}\n\n${text}`).toMatchSnapshot();
  });

  test("arrives as it was written, and no machine answers it", async () => {
    const server = await serve();
    expect(await tell(server.port)).toMatchObject({ result: "accepted" });
    const [{ mail, from, to } = { mail: undefined }] = server.taken;
    expect({ from, to }).toEqual({ from: "tocsin@example.org", to: ["oncall@example.org"] });
    expect(mail?.text).toBe(email.render(previewMessage("firing", AT), specFor(25)).text);
    expect(mail?.html).toBe(false);
    expect(mail?.subject).toBe("[FIRING] kohakku/controller: Controller cannot serve: 503, redis is down");
    expect(mail?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(mail?.headers.get("x-auto-response-suppress")).toBe("All");
    expect(mail?.headers.get("x-tocsin-key")).toBe("kohakku/controller@2026-01-31T09:05:00.000Z/mail/1");
    expect(mail?.headers.get("priority")).toBe("high");
    expect(mail?.date).toEqual(new Date(AT.now));
  });

  test("of one incident is one thread: the first is what the others answer", async () => {
    const server = await serve();
    const first = previewMessage("firing", AT);
    const later = {
      ...first,
      kind: "acknowledged" as const,
      page: false,
      n: 2,
      key: first.key.replace(/1$/, "2"),
    };
    await tell(server.port, { message: first });
    await tell(server.port, { message: later });
    const [root, reply] = server.taken.map(({ mail }) => mail);
    expect(root?.messageId).toBe("<kohakku/controller=2026-01-31T09_05_00.000Z/mail@example.org>");
    expect(root?.inReplyTo).toBeUndefined();
    expect(reply).toMatchObject({ inReplyTo: root?.messageId, references: root?.messageId });
    expect(reply?.messageId).not.toBe(root?.messageId);
    expect(reply?.headers.has("priority")).toBe(false);
  });

  test("keeps the thread's topic, behind how it stands now", async () => {
    const server = await serve();
    const accepted = await tell(server.port);
    const receipt = accepted.result === "accepted" ? accepted.receipt : undefined;
    expect(receipt).toBe("kohakku/controller: Controller cannot serve: 503, redis is down");
    const end = previewMessage("resolved", AT);
    await tell(server.port, { message: { ...end, alerts: [] }, context: { receipt: String(receipt) } });
    expect(server.taken[1]?.mail.subject).toBe(`[RESOLVED] ${String(receipt)}`);
  });

  test("is the same, byte for byte, when it is sent again", async () => {
    const server = await serve();
    await tell(server.port);
    await tell(server.port);
    expect(server.taken[1]?.raw).toBe(server.taken[0]?.raw);
  });

  test.each([
    ["what a check said", hostileMessage, undefined],
    ["what it remembers", previewMessage("updated", AT), "x\r\nBcc: everybody@example.org\r\n\r\nbody"],
    [
      "a summary that turns the line around",
      {
        ...previewMessage("firing", AT),
        alerts: previewMessage("firing", AT).alerts.map((alert) => ({
          ...alert,
          summary: "a\r\nBcc: b@example.org",
        })),
      },
      undefined,
    ],
  ])("gets no header from %s", async (_name, message, receipt) => {
    const server = await serve();
    const context = receipt === undefined ? {} : { receipt };
    expect(await tell(server.port, { message, context })).toMatchObject({ result: "accepted" });
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

describe("a mail server that refuses", () => {
  const ONE = ADDRESSES.to[0] ?? "";
  test.each<readonly [string, MailServerOptions, object]>([
    ["the sender for good", { sender: 550 }, { result: "rejected", reason: "SMTP 550 to MAIL FROM" }],
    ["the sender for now", { sender: 451 }, { result: "retry", reason: "SMTP 451 to MAIL FROM" }],
    [
      "the recipient for good",
      { recipients: { [ONE]: 550 } },
      { result: "rejected", reason: "SMTP 550 to RCPT TO" },
    ],
    [
      "the recipient for now",
      { recipients: { [ONE]: 450 } },
      { result: "retry", reason: "SMTP 450 to RCPT TO" },
    ],
    ["the content for good", { content: 554 }, { result: "rejected", reason: "SMTP 554 to DATA" }],
    ["the content for now", { content: 452 }, { result: "retry", reason: "SMTP 452 to DATA" }],
  ])("%s", async (_name, options, expected) => {
    const server = await serve(options);
    expect(await tell(server.port)).toEqual(expected);
  });

  test("one recipient of three is told of, and the others have it", async () => {
    const server = await serve({ recipients: { "b@example.org": 550 } });
    const keys = { to: ["a@example.org", "b@example.org", "c@example.org"] };
    const result = await tell(server.port, { keys });
    expect(result).toMatchObject({
      result: "accepted",
      remark: "1 of 3 recipients were refused: SMTP 550 to RCPT TO",
    });
    expect(server.taken[0]?.to).toEqual(["a@example.org", "c@example.org"]);
  });

  test("all recipients, one of them only for now, is asked again", async () => {
    const server = await serve({ recipients: { "a@example.org": 550, "b@example.org": 450 } });
    expect((await tell(server.port, { keys: { to: ["a@example.org", "b@example.org"] } })).result).toBe(
      "retry",
    );
    const other = await serve({ recipients: { "a@example.org": 450, "b@example.org": 550 } });
    expect((await tell(other.port, { keys: { to: ["a@example.org", "b@example.org"] } })).result).toBe(
      "retry",
    );
  });
});

describe("a mail server with TLS", () => {
  let authority: CertificateAuthority;
  let identity: Identity;
  beforeAll(async () => {
    authority = await makeCertificateAuthority();
    identity = await authority.leaf({ names: ["localhost"] });
  });
  afterAll(() => authority.remove());

  const user = { name: "tocsin", password: PASSWORD };
  const secrets: SendContext["secrets"] = (ref) => {
    const values: Readonly<Record<string, string>> = {
      "env:CA": authority.root,
      "env:PASSWORD": PASSWORD,
      "env:WRONG": "x",
    };
    const value = values[ref];
    return value === undefined ? Promise.reject(new Error(ref)) : Promise.resolve(new Secret(value));
  };
  const keys = { host: "localhost", ca: "env:CA", user: "tocsin", password: "env:PASSWORD" };

  test.each([
    ["starttls", false],
    ["implicit", true],
  ])("takes a mail over %s from who logs in", async (tls, implicit) => {
    const server = await serve({ user, identity, implicit });
    expect(await tell(server.port, { keys: { ...keys, tls }, context: { secrets } })).toMatchObject({
      result: "accepted",
    });
    expect(server.taken).toMatchObject([{ secure: true }]);
  });

  test.each([
    ["starttls", false],
    ["implicit", true],
  ])("whose certificate is not trusted gets neither mail nor password over %s", async (tls, implicit) => {
    const server = await serve({ user, identity, implicit });
    const { ca: _, ...others } = keys;
    const result = await tell(server.port, { keys: { ...others, tls }, context: { secrets } });
    expect(result.result).toBe("retry");
    expect(JSON.stringify(result)).not.toContain(PASSWORD);
    expect(server.taken).toEqual([]);
  });

  test("whose certificate is another's gets nothing", async () => {
    const other = await authority.leaf({ names: ["elsewhere.example"] });
    const server = await serve({ user, identity: other });
    expect(
      (await tell(server.port, { keys: { ...keys, tls: "starttls" }, context: { secrets } })).result,
    ).toBe("retry");
  });

  test("that offers none where it is insisted upon gets nothing", async () => {
    const server = await serve({});
    const result = await tell(server.port, { keys: { tls: "starttls" } });
    expect(result).toEqual({
      result: "retry",
      reason: "nothing was sent: no TLS with 127.0.0.1: it offers none, or its certificate is not trusted",
    });
    expect(server.taken).toEqual([]);
  });

  test("that does not know the password refuses for good, and is not quoted", async () => {
    const server = await serve({ user, identity });
    const wrong = { ...keys, tls: "starttls", password: "env:WRONG" };
    const result = await tell(server.port, { keys: wrong, context: { secrets } });
    expect(result).toEqual({
      result: "rejected",
      reason: expect.stringMatching(/^SMTP 535 to AUTH \w+$/) as unknown,
    });
  });

  test("that cannot look up passwords now is asked again", async () => {
    const server = await serve({ user, identity, login: 454 });
    expect(
      (await tell(server.port, { keys: { ...keys, tls: "starttls" }, context: { secrets } })).result,
    ).toBe("retry");
  });

  test("is not asked without the password", async () => {
    const server = await serve({ user, identity });
    const away = { ...keys, tls: "starttls", password: "env:NOT_SET" };
    expect(await tell(server.port, { keys: away, context: { secrets } })).toEqual({
      result: "rejected",
      reason: "password: env:NOT_SET cannot be read",
    });
  });
});

/** Answers `lines` one after the other, each to whatever came, and then closes the connection or only says that it has no more. */
function replies(lines: readonly string[], then: "close" | (() => void)) {
  return (socket: Parameters<Parameters<typeof startTcpTarget>[0]>[0]): void => {
    const left = [...lines];
    socket.on("error", () => undefined);
    const greeting = left.shift();
    if (greeting !== undefined) socket.write(greeting);
    else if (then === "close") socket.destroy();
    socket.on("data", () => {
      const next = left.shift();
      if (next !== undefined) socket.write(next);
      else if (then === "close") socket.destroy();
      else then();
    });
  };
}

const HELLO = ["220 mail\r\n", "250 mail\r\n", "250 ok\r\n", "250 ok\r\n"] as const;

describe("a conversation that breaks off", () => {
  test.each([
    ["before the greeting", [], "close", "retry"],
    ["after the greeting", HELLO.slice(0, 1), "close", "retry"],
    ["after the sender", HELLO.slice(0, 3), "close", "retry"],
    ["before the content is asked for", HELLO, "close", "retry"],
    ["once the content is under way", [...HELLO, "354 go on\r\n"], "close", "ambiguous"],
  ] as const)("%s", async (_name, lines, then, expected) => {
    const target = await script(replies(lines, then));
    expect((await tell(target.port)).result).toBe(expected);
  });

  test.each([
    ["before the content", HELLO.slice(0, 2), "retry"],
    ["after the content", [...HELLO, "354 go on\r\n"], "ambiguous"],
  ])("because the server says nothing more %s", async (_name, lines, expected) => {
    const attempt = new AbortController();
    const target = await script(replies(lines, () => attempt.abort()));
    const result = await tell(target.port, { context: { signal: attempt.signal } });
    expect(result.result).toBe(expected);
    await target.drained();
  });

  test.each([
    ["nonsense", "nonsense\r\n"],
    ["an endless reply", `220-${"x".repeat(100_000)}`],
    ["what is no text", "\u0000\u0001\ufffd\r\n\r\n\r\n"],
    ["that it takes no calls now", "554 go away\r\n"],
    ["goodbye", "421 too busy\r\n"],
  ])("because the server greets with %s", async (_name, greeting) => {
    const target = await script(replies([greeting], "close"));
    const result = await tell(target.port, { keys: { timeout: "1s" } });
    expect(result.result).toBe("retry");
    expect(JSON.stringify(result)).not.toMatch(/nonsense|go away|too busy/);
  });

  test("because nobody listens", async () => {
    expect((await tell(await closedPort())).result).toBe("retry");
  });

  test("because the address may not be reached", async () => {
    const server = await serve();
    const egress = { refuse: (address: string) => `${address} is private` };
    const result = await tell(server.port, { context: { egress } });
    expect(result).toEqual({ result: "rejected", reason: expect.stringContaining("is private") as unknown });
  });

  test("before it has begun when the time is over", async () => {
    const server = await serve();
    const result = await tell(server.port, { context: { signal: AbortSignal.abort() } });
    expect(result.result).toBe("retry");
    expect(server.taken).toEqual([]);
  });
});
