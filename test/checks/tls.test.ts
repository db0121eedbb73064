import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { tls } from "../../src/checks/tls.js";
import { judge } from "../../src/domain/evaluate.js";
import type { Reading } from "../../src/domain/reading.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { createReadingEvaluator } from "../../src/lib/expression.js";
import { describeCheckType } from "../contracts/check-type.js";
import {
  makeCertificateAuthority,
  type CertificateAuthority,
  type Identity,
  type LeafOptions,
} from "../support/certificate-authority.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { closedPort, startTcpTarget, type TcpTarget } from "../support/tcp-target.js";

const NAMES = ["localhost", "127.0.0.1", "koda.example"];

let authority: CertificateAuthority;
/** Filled in before the first test. */
const secrets: Record<string, string> = {};
const open: TcpTarget[] = [];

beforeAll(async () => {
  authority = await makeCertificateAuthority();
  const [server, client] = await Promise.all([
    authority.leaf({ names: NAMES, daysLeft: 90.5 }),
    authority.leaf({ names: ["tocsin"] }),
  ]);
  Object.assign(secrets, {
    "env:CA": authority.root,
    "env:CERT": client.cert,
    "env:KEY": client.key,
    "server cert": server.cert,
    "server key": server.key,
  });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(() => authority.remove());

function healthy(): Identity {
  return { cert: secrets["server cert"] ?? "", key: secrets["server key"] ?? "" };
}

describeCheckType({
  type: tls,
  network: true,
  start: () => startTcpTarget(() => undefined, healthy()),
  keys: (port) => ({ address: `127.0.0.1:${port}`, ca: "env:CA", cert: "env:CERT", key: "env:KEY" }),
  secrets,
});

async function serve(identity: Identity, more: object = {}): Promise<string> {
  const target = await startTcpTarget(() => undefined, { ...identity, ...more });
  open.push(target);
  return `127.0.0.1:${target.port}`;
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const parsed = tls.schema.parse({ ca: "env:CA", ...spec });
  const [reading, ...more] = await tls.probe(
    parsed,
    probeContext({ secrets: secretsFrom(secrets), ...context }),
  );
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describe("a tls check", () => {
  it("says who signed, for whom, and how long it lasts", async () => {
    const reading = await only({ address: await serve(healthy()) });
    expect(reading).toMatchObject({
      outcome: "good",
      fields: {
        days_left: 90.4,
        issuer: "Test Intermediate",
        names: NAMES,
        hostname_ok: true,
        chain_ok: true,
        protocol: "TLSv1.3",
      },
    });
  });

  it("asks for the name it is told and checks the certificate against it", async () => {
    const asked: string[] = [];
    const SNICallback = (name: string, done: (error: null) => void): void => {
      asked.push(name);
      done(null);
    };
    const address = await serve(healthy(), { SNICallback });
    expect(await only({ address, server_name: "koda.example" })).toMatchObject({ outcome: "good" });
    expect(await only({ address, server_name: "other.example" })).toMatchObject({
      outcome: "bad",
      fields: { hostname_ok: false, chain_ok: true },
    });
    expect(asked).toEqual(["koda.example", "other.example"]);
  });

  it("asks by the name of the address when that is one", async () => {
    const [, port = ""] = (await serve(healthy())).split(":");
    expect(await only({ address: `localhost:${port}` })).toMatchObject({ outcome: "good" });
  });

  it.each<[number, object, string, string | undefined]>([
    [13.5, {}, "degraded", "certificate ends in 13 days"],
    [14.5, {}, "good", undefined],
    [14.5, { warn_days: 21 }, "degraded", "certificate ends in 14 days"],
    [0.5, { warn_days: 0 }, "good", undefined],
  ])("with %d days left and %j is %s", async (daysLeft, spec, outcome, reason) => {
    const address = await serve(await authority.leaf({ names: NAMES, daysLeft }));
    const reading = await only({ address, ...spec });
    expect([reading.outcome, reading.reason]).toEqual([outcome, reason]);
  });
});

describe("a certificate is bad, and what is wrong is said, when it", () => {
  it.each<[string, LeafOptions, string, object]>([
    [
      "has expired",
      { names: NAMES, daysLeft: -3.5 },
      "certificate expired 3 days ago",
      { days_left: -3.6, hostname_ok: true, chain_ok: false },
    ],
    [
      "is for somebody else",
      { names: ["a.example"] },
      "certificate is for a.example, not for 127.0.0.1",
      { hostname_ok: false, chain_ok: true },
    ],
    [
      "comes without its intermediate",
      { names: NAMES, incompleteChain: true },
      "certificate's issuer Test Intermediate is neither trusted here nor sent along (incomplete chain?)",
      { hostname_ok: true, chain_ok: false },
    ],
    [
      "is signed by itself",
      { names: NAMES, selfSigned: true },
      "certificate is self-signed",
      { chain_ok: false, issuer: "localhost" },
    ],
    [
      "is wrong in two ways at once",
      { names: ["a.example"], daysLeft: -3.5 },
      "certificate expired 3 days ago; certificate is for a.example, not for 127.0.0.1",
      { hostname_ok: false, chain_ok: false },
    ],
  ])("%s", async (_, leaf, reason, fields) => {
    const address = await serve(await authority.leaf(leaf));
    expect(await only({ address })).toMatchObject({ outcome: "bad", reason, fields });
  });

  it("leads to an authority that is not trusted", async () => {
    const address = await serve(healthy());
    expect(await only({ address, ca: undefined })).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^certificate's issuer Test Intermediate is neither trusted here/),
      fields: { chain_ok: false, hostname_ok: true, days_left: 90.4 },
    });
  });
});

describe("what is whose fault", () => {
  it("is the target's when it refuses, or does not speak TLS", async () => {
    const port = await closedPort();
    expect(await only({ address: `127.0.0.1:${port}` })).toMatchObject({
      outcome: "bad",
      reason: `refused the connection (127.0.0.1:${port})`,
    });
    const plain = await startTcpTarget((socket) => socket.end("220 hello\r\n"));
    open.push(plain);
    expect(await only({ address: `127.0.0.1:${plain.port}` })).toMatchObject({
      outcome: "bad",
      reason: "does not speak TLS",
    });
  });

  it.each<[string, object, string | RegExp]>([
    ["a missing authority", { ca: "/no/such.pem" }, "file:/no/such.pem is not set"],
    ["a text that is no certificate", { ca: "env:KEY" }, /^the TLS settings cannot be used: /],
    [
      "egress that refuses the address",
      { address: "169.254.169.254:443" },
      "egress is not allowed: 169.254.169.254 is a cloud metadata address",
    ],
  ])("is ours: %s", async (_, spec, reason) => {
    const egress = probeEgress({ allow: [], deny: [] });
    expect(await only({ address: "127.0.0.1:1", ...spec }, { egress })).toMatchObject({
      outcome: "unknown",
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
    });
  });

  it("shows a client certificate to a server that asks for one", async () => {
    const address = await serve(healthy(), {
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.root,
      maxVersion: "TLSv1.2",
    });
    const identity = { cert: "env:CERT", key: "env:KEY" };
    expect(await only({ address, ...identity })).toMatchObject({ outcome: "good" });
    expect(await only({ address })).toMatchObject({ outcome: "bad" });
  });
});

describe("the rules it brings along", () => {
  const fired = (reading: Reading): readonly string[] => {
    const rules = tls
      .rules(tls.schema.parse({ address: "a:1" }))
      .map(({ name = "", when }) => ({ name, ...(when === undefined ? {} : { when }) }));
    const judgement = { readings: [reading], rules, requiredSubjects: [], knownSubjects: [], now: 0 };
    const { verdicts } = judge(judgement, createReadingEvaluator());
    return verdicts.map(({ rule, verdict }) => `${rule}: ${verdict}`);
  };

  it.each<[string, Reading, readonly string[]]>([
    ["good", { outcome: "good", fields: { days_left: 30 } }, ["not-valid: good", "ends-soon: good"]],
    [
      "near its end",
      { outcome: "degraded", fields: { days_left: 9 } },
      ["not-valid: good", "ends-soon: bad"],
    ],
    [
      "expired",
      { outcome: "bad", reason: "x", fields: { days_left: -1 } },
      ["not-valid: bad", "ends-soon: good"],
    ],
    ["not reached", { outcome: "bad", reason: "x", fields: {} }, ["not-valid: bad", "ends-soon: good"]],
    [
      "not looked at",
      { outcome: "unknown", reason: "x", fields: {} },
      ["not-valid: unknown", "ends-soon: unknown"],
    ],
  ])("say of a certificate that is %s what is so", (_, reading, verdicts) => {
    expect(fired(reading)).toEqual(verdicts);
  });
});

describe("the schema", () => {
  it.each([
    ["no address", {}],
    ["a URL", { address: "https://koda.example/" }],
    ["a key without its certificate", { address: "a:1", key: "env:KEY" }],
    ["negative days", { address: "a:1", warn_days: -1 }],
  ])("refuses %s", (_, spec) => {
    expect(tls.schema.safeParse(spec).success).toBe(false);
  });
});
