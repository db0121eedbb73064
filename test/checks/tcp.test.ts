import type { Socket } from "node:net";

import { afterEach, describe, expect, it } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { tcp } from "../../src/checks/tcp.js";
import type { Reading } from "../../src/domain/reading.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { describeCheckType } from "../contracts/check-type.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { closedPort, startTcpTarget, type TcpTarget } from "../support/tcp-target.js";

const GREETING = "220 mail.example.org ESMTP, pleased to meet whoever you may be, now ready\r\n";

const open: TcpTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(serve: (socket: Socket) => void): Promise<string> {
  const started = await startTcpTarget(serve);
  open.push(started);
  return `127.0.0.1:${started.port}`;
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await tcp.probe(tcp.schema.parse(spec), probeContext(context));
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describeCheckType({
  type: tcp,
  network: true,
  start: () => startTcpTarget((socket) => socket.once("data", () => socket.write(GREETING))),
  keys: (port) => ({ address: `127.0.0.1:${port}`, send: "env:KNOCK", expect: "^220 .*ready" }),
  secrets: { "env:KNOCK": "open-sesame" },
});

describe("a tcp check", () => {
  it("is good when somebody accepts, whatever they say or do not say", async () => {
    const reading = await only({ address: await target(() => undefined) });
    expect(reading).toMatchObject({ outcome: "good", fields: { dns_ms: 0 } });
    expect(reading.fields.latency_ms).toBeGreaterThan(0);
    expect(reading.fields).not.toHaveProperty("banner");
  });

  it("finds the host by name", async () => {
    const [, port = ""] = (await target(() => undefined)).split(":");
    expect(await only({ address: `localhost:${port}` })).toMatchObject({ outcome: "good" });
  });

  it("waits until the text matches, in however many pieces it comes", async () => {
    const address = await target((socket) => {
      socket.write("22");
      setTimeout(() => socket.write("0 re"), 10);
      setTimeout(() => socket.write("ady\r\n"), 20);
    });
    expect(await only({ address, expect: "ready\r?\n$" })).toMatchObject({
      outcome: "good",
      fields: { banner: "220 ready␍\n" },
    });
  });

  it("sends the text and compares the answer", async () => {
    const address = await target((socket) =>
      socket.on("data", (data) => socket.write(`you said ${String(data)}`)),
    );
    const spec = { address, send: "env:HELLO", expect: "^you said [a-z]+" };
    const reading = await only(spec, { secrets: secretsFrom({ "env:HELLO": "swordfish" }) });
    expect(reading).toMatchObject({ outcome: "good", fields: { banner: "you said ****" } });
  });
});

describe("a tcp check that waits for a text is bad and says what it heard when", () => {
  it.each<[string, (socket: Socket) => void, string]>([
    [
      "another answer is the last",
      (socket) => socket.end("550 go\naway\r\n"),
      'answered "550 go away", and no "^220"',
    ],
    [
      "another answer came before the deadline",
      (socket) => socket.write("550 busy"),
      'answered "550 busy", and no "^220" within 300 ms',
    ],
    [
      "the peer talks without end",
      (socket) => socket.write("x".repeat(5_000)),
      'said more than 4 KiB, and no "^220"',
    ],
    ["the peer hangs up", (socket) => socket.end(), "closed the connection without answering"],
    [
      "the peer resets the connection",
      (socket) => socket.once("data", () => socket.resetAndDestroy()),
      "reset the connection before answering",
    ],
  ])("%s", async (_, serve, reason) => {
    const address = await target(serve);
    expect(await only({ address, send: "hi", expect: "^220" }, { timeoutMs: 300 })).toMatchObject({
      outcome: "bad",
      reason,
    });
  });

  it("nobody says anything", async () => {
    const address = await target(() => undefined);
    const reading = await only({ address, expect: "^220" }, { timeoutMs: 100 });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^did not answer within 100 ms \(connected after \d+ ms\)$/),
    });
  });
});

describe("what is whose fault", () => {
  it("is the target's when it refuses or does not exist", async () => {
    const port = await closedPort();
    expect(await only({ address: `127.0.0.1:${port}` })).toMatchObject({
      outcome: "bad",
      reason: `refused the connection (127.0.0.1:${port})`,
    });
    expect(await only({ address: "no-such-host.invalid:80" })).toMatchObject({
      outcome: expect.stringMatching(/bad|unknown/),
      reason: expect.stringContaining("no-such-host.invalid"),
    });
  });

  it.each<[string, object, string]>([
    [
      "egress that refuses the address",
      { address: "169.254.169.254:80" },
      "egress is not allowed: 169.254.169.254 is a cloud metadata address",
    ],
    ["a missing secret", { address: "127.0.0.1:1", send: "env:GONE", expect: "x" }, "env:GONE is not set"],
  ])("is ours: %s", async (_, spec, reason) => {
    const egress = probeEgress({ allow: [], deny: [] });
    expect(await only(spec, { egress })).toMatchObject({ outcome: "unknown", reason, fields: {} });
  });

  it("never reaches an address that the guard refuses, also by name", async () => {
    const started = await startTcpTarget(() => undefined);
    open.push(started);
    const egress = probeEgress({ allow: [], deny: ["127.0.0.0/8", "::1"] });
    expect(await only({ address: `localhost:${started.port}` }, { egress })).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("is denied by the egress rule"),
    });
    expect(started.accepted()).toBe(0);
  });
});

describe("the schema", () => {
  it.each([
    ["no address", {}],
    ["an address without a port", { address: "postgres" }],
    ["a port that is none", { address: "postgres:0" }],
    ["a port beyond the last", { address: "postgres:65536" }],
    ["a URL", { address: "tcp://postgres:5432" }],
    ["an IPv6 address without brackets", { address: "::1:80" }],
    ["an expression that is none", { address: "a:1", expect: "(" }],
    ["an expression that could hang", { address: "a:1", expect: "(a)\\1" }],
    ["something sent and nothing expected", { address: "a:1", send: "x" }],
  ])("refuses %s", (_, spec) => {
    expect(tcp.schema.safeParse(spec).success).toBe(false);
  });

  it("takes an IPv6 address in brackets", () => {
    expect(tcp.target(tcp.schema.parse({ address: "[::1]:80" }))).toBe("[::1]:80");
  });
});
