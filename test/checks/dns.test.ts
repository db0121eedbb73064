import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "dns-packet";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { dns } from "../../src/checks/dns.js";
import type { Reading } from "../../src/domain/reading.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { describeCheckType } from "../contracts/check-type.js";
import { startDnsServer, type DnsServer } from "../support/dns-server.js";
import { probeContext } from "../support/probe-context.js";
import { closedPort } from "../support/tcp-target.js";

const ADDRESSES: readonly Answer[] = [
  { type: "A", name: "koda.example", data: "192.0.2.11", ttl: 300 },
  { type: "A", name: "koda.example", data: "192.0.2.10", ttl: 60 },
  { type: "AAAA", name: "koda.example", data: "2001:db8::10", ttl: 60 },
];
const OTHERS: readonly Answer[] = [
  { type: "MX", name: "other.example", data: { preference: 10, exchange: "mail.other.example" } },
  { type: "NS", name: "other.example", data: "ns1.other.example" },
  { type: "TXT", name: "other.example", data: ["v=spf1 ", "-All"] },
  {
    type: "SRV",
    name: "other.example",
    data: { priority: 1, weight: 2, port: 443, target: "a.other.example" },
  },
  { type: "CAA", name: "other.example", data: { flags: 0, tag: "issue", value: "ca.example" } },
  {
    type: "SOA",
    name: "other.example",
    data: {
      mname: "ns1.other.example",
      rname: "host.other.example",
      serial: 7,
      refresh: 1,
      retry: 1,
      expire: 1,
      minimum: 1,
    },
  },
];

let server: DnsServer;
let at = "";

beforeAll(async () => {
  server = await startDnsServer({
    "koda.example": { kind: "records", answers: ADDRESSES },
    "other.example": { kind: "records", answers: OTHERS },
    "www.example": {
      kind: "records",
      answers: [
        { type: "CNAME", name: "www.example", data: "koda.example", ttl: 30 },
        { type: "A", name: "koda.example", data: "192.0.2.10", ttl: 60 },
      ],
    },
    "10.2.0.192.in-addr.arpa": {
      kind: "records",
      answers: [{ type: "PTR", name: "10.2.0.192.in-addr.arpa", data: "koda.example" }],
    },
    "long.example": {
      kind: "truncated",
      answers: [{ type: "A", name: "long.example", data: "192.0.2.1", ttl: 9 }],
    },
    "lossy.example": {
      kind: "lossy",
      answers: [{ type: "A", name: "lossy.example", data: "192.0.2.1", ttl: 9 }],
    },
    "broken.example": { kind: "code", code: 2 },
    "private.example": { kind: "code", code: 5 },
    "silent.example": { kind: "silent" },
    "garbage.example": { kind: "garbage" },
  });
  at = `127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

// Questions go by UDP, which the suite's faults, made for streams, cannot spoil; those of DNS are below.
describeCheckType({
  type: dns,
  network: false,
  start: async () => {
    const { port, close } = await startDnsServer({ "koda.example": { kind: "records", answers: ADDRESSES } });
    return { port, close };
  },
  keys: (port) => ({ name: "koda.example", servers: [`127.0.0.1:${port || 53}`], expect: "192.0.2.10" }),
});

async function probe(spec: object, context: Partial<ProbeContext> = {}): Promise<readonly Reading[]> {
  return dns.probe(dns.schema.parse({ servers: [at], ...spec }), probeContext(context));
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await probe(spec, context);
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describe("a dns check", () => {
  it.each<[string, object, readonly string[], number | undefined]>([
    ["addresses, with the shortest time to live", { name: "koda.example" }, ["192.0.2.10", "192.0.2.11"], 60],
    ["IPv6 addresses", { name: "koda.example", record: "AAAA" }, ["2001:db8::10"], 60],
    ["addresses behind another name", { name: "www.example" }, ["192.0.2.10"], 30],
    ["another name", { name: "www.example", record: "CNAME" }, ["koda.example"], undefined],
    ["mail servers", { name: "other.example", record: "MX" }, ["10 mail.other.example"], undefined],
    ["name servers", { name: "other.example", record: "NS" }, ["ns1.other.example"], undefined],
    ["texts, their pieces joined", { name: "other.example", record: "TXT" }, ["v=spf1 -All"], undefined],
    ["services", { name: "other.example", record: "SRV" }, ["1 2 443 a.other.example"], undefined],
    ["authorities", { name: "other.example", record: "CAA" }, ["0 issue ca.example"], undefined],
    [
      "a zone's start",
      { name: "other.example", record: "SOA" },
      ["ns1.other.example host.other.example 7"],
      undefined,
    ],
    ["the name of an address", { name: "192.0.2.10", record: "PTR" }, ["koda.example"], undefined],
    ["an answer too long for a datagram", { name: "long.example" }, ["192.0.2.1"], 9],
  ])("finds %s", async (_, spec, answers, ttl) => {
    const reading = await only(spec);
    expect(reading).toMatchObject({ outcome: "good", subject: at, fields: { answers } });
    expect(reading.fields.ttl_s).toBe(ttl);
    expect(reading.fields.latency_ms).toBeGreaterThan(0);
  });

  it.each<[string, object, string | undefined]>([
    ["one that is there", { expect: "192.0.2.10" }, undefined],
    ["all that are there", { expect: ["192.0.2.10", "192.0.2.11"], only: true }, undefined],
    ["an IPv6 address in any form", { record: "AAAA", expect: "2001:0DB8:0:0::10" }, undefined],
    [
      "one that is not there",
      { expect: "192.0.2.99" },
      "192.0.2.99 is not among the answers (answered 192.0.2.10, 192.0.2.11)",
    ],
    [
      "no others",
      { expect: "192.0.2.10", only: true },
      "192.0.2.11 should not be (answered 192.0.2.10, 192.0.2.11)",
    ],
    [
      "texts to the letter",
      { name: "other.example", record: "TXT", expect: "v=spf1 -all" },
      "v=spf1 -all is not among the answers (answered v=spf1 -All)",
    ],
    ["names in any case", { name: "other.example", record: "NS", expect: "NS1.other.example." }, undefined],
  ])("expects %s", async (_, spec, reason) => {
    const reading = await only({ name: "koda.example", ...spec });
    expect([reading.outcome, reading.reason]).toEqual([reason === undefined ? "good" : "bad", reason]);
  });

  it("asks each resolver on its own, and one that is dead is bad beside one that answers", async () => {
    const dead = `127.0.0.1:${await closedPort()}`;
    const readings = await probe({ name: "koda.example", servers: [at, dead] });
    expect(readings.map(({ subject, outcome, reason }) => [subject, outcome, reason])).toEqual([
      [at, "good", undefined],
      [dead, "bad", "the resolver cannot be reached: nobody listens there"],
    ]);
  });

  it("asks this machine's resolver when it is told of none, and has no subject then", async () => {
    const spec = dns.schema.parse({ name: "no-such-name.invalid" });
    const [reading] = await dns.probe(spec, probeContext({ timeoutMs: 500 }));
    expect(reading).not.toHaveProperty("subject");
    expect(reading?.outcome).toBe("bad");
  });

  it("asks again within the deadline when a datagram is lost", async () => {
    expect(await only({ name: "lossy.example" }, { timeoutMs: 2_000 })).toMatchObject({ outcome: "good" });
  });
});

describe("a dns check is bad and tells apart", () => {
  it.each<[string, object, string]>([
    ["a name that does not exist", { name: "gone.example" }, "gone.example does not exist (NXDOMAIN)"],
    ["a name without such records", { name: "koda.example", record: "MX" }, "koda.example has no MX record"],
    ["a resolver that fails", { name: "broken.example" }, "the resolver failed to find out (SERVFAIL)"],
    ["one that refuses", { name: "private.example" }, "the resolver refuses to answer (REFUSED)"],
    ["one that is silent", { name: "silent.example" }, "the resolver does not answer within 400 ms"],
    [
      "one that talks nonsense",
      { name: "garbage.example" },
      "the resolver answered something that is not DNS",
    ],
  ])("%s", async (_, spec, reason) => {
    expect(await only(spec, { timeoutMs: 400 })).toEqual({ outcome: "bad", subject: at, reason, fields: {} });
  });

  it("settles at its deadline", async () => {
    const stop = new AbortController();
    let abortedAt = Infinity;
    setTimeout(() => {
      abortedAt = performance.now();
      stop.abort();
    }, 200);
    const reading = await only({ name: "silent.example" }, { timeoutMs: 200, signal: stop.signal });
    expect(performance.now() - abortedAt).toBeLessThan(50);
    expect(reading).toMatchObject({ outcome: "bad" });
  });
});

describe("what is not the resolver's fault is unknown", () => {
  it("an address that egress refuses, and nothing is sent there", async () => {
    const asked = server.asked.length;
    const egress = probeEgress({ allow: [], deny: ["127.0.0.0/8"] });
    expect(await only({ name: "koda.example" }, { egress })).toMatchObject({
      outcome: "unknown",
      reason: "egress is not allowed: 127.0.0.1 is denied by the egress rule 127.0.0.0/8",
    });
    expect(server.asked).toHaveLength(asked);
  });

  it("being stopped early", async () => {
    const stop = new AbortController();
    const reading = only({ name: "silent.example" }, { timeoutMs: 5_000, signal: stop.signal });
    stop.abort();
    expect(await reading).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^was stopped after/),
    });
  });
});

describe("the schema", () => {
  it.each([
    ["no name", {}],
    ["a name that is none", { name: "a b" }],
    ["an unknown record", { name: "a.example", record: "ANY" }],
    ["a resolver by name, which would have to be resolved", { name: "a.example", servers: ["ns1.example"] }],
    ["no resolver at all", { name: "a.example", servers: [] }],
    ["only without expect", { name: "a.example", only: true }],
  ])("refuses %s", (_, spec) => {
    expect(dns.schema.safeParse(spec).success).toBe(false);
  });

  it.each(["10.0.0.2", "10.0.0.2:5353", "fd00::2", "[fd00::2]:53"])("takes the resolver %s", (each) => {
    expect(dns.schema.safeParse({ name: "a.example", servers: [each] }).success).toBe(true);
  });
});
