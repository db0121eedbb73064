import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";

import { Secret } from "../../src/lib/secret.js";
import type { SendContext } from "../../src/notifiers/notifier.js";
import type { CertificateAuthority, Identity } from "../support/certificate-authority.js";
import { makeCertificateAuthority } from "../support/certificate-authority.js";
import type { MailServer, MailServerOptions } from "../support/mail-server.js";
import { startMailServer } from "../support/mail-server.js";
import type { TcpTarget } from "../support/tcp-target.js";
import { closedPort, startTcpTarget } from "../support/tcp-target.js";
import { ADDRESSES, tellByMail } from "../support/told-mail.js";

const PASSWORD = "correct horse battery staple";
const servers: { close(): Promise<unknown> }[] = [];
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
    expect(await tellByMail(server.port)).toEqual(expected);
  });

  test("one recipient of three is told of, and the others have it", async () => {
    const server = await serve({ recipients: { "b@example.org": 550 } });
    const keys = { to: ["a@example.org", "b@example.org", "c@example.org"] };
    const result = await tellByMail(server.port, { keys });
    expect(result).toMatchObject({
      result: "accepted",
      remark: "1 of 3 recipients were refused: SMTP 550 to RCPT TO",
    });
    expect(server.taken[0]?.to).toEqual(["a@example.org", "c@example.org"]);
  });

  test("all recipients, one of them only for now, is asked again", async () => {
    const server = await serve({ recipients: { "a@example.org": 550, "b@example.org": 450 } });
    expect((await tellByMail(server.port, { keys: { to: ["a@example.org", "b@example.org"] } })).result).toBe(
      "retry",
    );
    const other = await serve({ recipients: { "a@example.org": 450, "b@example.org": 550 } });
    expect((await tellByMail(other.port, { keys: { to: ["a@example.org", "b@example.org"] } })).result).toBe(
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
    expect(await tellByMail(server.port, { keys: { ...keys, tls }, context: { secrets } })).toMatchObject({
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
    const result = await tellByMail(server.port, { keys: { ...others, tls }, context: { secrets } });
    expect(result.result).toBe("retry");
    expect(JSON.stringify(result)).not.toContain(PASSWORD);
    expect(server.taken).toEqual([]);
  });

  test("whose certificate is another's gets nothing", async () => {
    const other = await authority.leaf({ names: ["elsewhere.example"] });
    const server = await serve({ user, identity: other });
    expect(
      (await tellByMail(server.port, { keys: { ...keys, tls: "starttls" }, context: { secrets } })).result,
    ).toBe("retry");
  });

  test("that offers none where it is insisted upon gets nothing", async () => {
    const server = await serve({});
    const result = await tellByMail(server.port, { keys: { tls: "starttls" } });
    expect(result).toEqual({
      result: "retry",
      reason: "nothing was sent: no TLS with 127.0.0.1: it offers none, or its certificate is not trusted",
    });
    expect(server.taken).toEqual([]);
  });

  test("that does not know the password refuses for good, and is not quoted", async () => {
    const server = await serve({ user, identity });
    const wrong = { ...keys, tls: "starttls", password: "env:WRONG" };
    const result = await tellByMail(server.port, { keys: wrong, context: { secrets } });
    expect(result).toEqual({
      result: "rejected",
      reason: expect.stringMatching(/^SMTP 535 to AUTH \w+$/) as unknown,
    });
  });

  test("that cannot look up passwords now is asked again", async () => {
    const server = await serve({ user, identity, login: 454 });
    expect(
      (await tellByMail(server.port, { keys: { ...keys, tls: "starttls" }, context: { secrets } })).result,
    ).toBe("retry");
  });

  test("is not asked without the password", async () => {
    const server = await serve({ user, identity });
    const away = { ...keys, tls: "starttls", password: "env:NOT_SET" };
    expect(await tellByMail(server.port, { keys: away, context: { secrets } })).toEqual({
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
    expect((await tellByMail(target.port)).result).toBe(expected);
  });

  test.each([
    ["before the content", HELLO.slice(0, 2), "retry"],
    ["after the content", [...HELLO, "354 go on\r\n"], "ambiguous"],
  ])("because the server says nothing more %s", async (_name, lines, expected) => {
    const attempt = new AbortController();
    const target = await script(replies(lines, () => attempt.abort()));
    const result = await tellByMail(target.port, { context: { signal: attempt.signal } });
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
    const result = await tellByMail(target.port, { keys: { timeout: "1s" } });
    expect(result.result).toBe("retry");
    expect(JSON.stringify(result)).not.toMatch(/nonsense|go away|too busy/);
  });

  test("because nobody listens", async () => {
    expect((await tellByMail(await closedPort())).result).toBe("retry");
  });

  test("because the address may not be reached", async () => {
    const server = await serve();
    const egress = { refuse: (address: string) => `${address} is private` };
    const result = await tellByMail(server.port, { context: { egress } });
    expect(result).toEqual({ result: "rejected", reason: expect.stringContaining("is private") as unknown });
  });

  test("before it has begun when the time is over", async () => {
    const server = await serve();
    const result = await tellByMail(server.port, { context: { signal: AbortSignal.abort() } });
    expect(result.result).toBe("retry");
    expect(server.taken).toEqual([]);
  });
});
