import { afterEach, describe, expect, it } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { postgres } from "../../src/checks/postgres.js";
import type { Reading } from "../../src/domain/reading.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { describeCheckType } from "../contracts/check-type.js";
import { startPgTarget, type PgTarget, type Result } from "../support/pg-target.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { closedPort, startTcpTarget, type TcpTarget } from "../support/tcp-target.js";

const INT8 = 20;
const NUMERIC = 1700;
const CONNECTIONS: Result = {
  columns: {
    connections_used: [INT8, "12"],
    connections_max: [INT8, "97"],
    connections_idle_in_transaction: [INT8, "1"],
    connections_used_percent: [NUMERIC, "12.4"],
  },
};
const ABSENT = Object.keys(postgres.fields).filter(
  (name) => name !== "latency_ms" && !name.startsWith("connections_"),
);

describeCheckType({
  type: postgres,
  network: true,
  start: () => startPgTarget({ password: "s3cret-password", results: { connections_used: CONNECTIONS } }),
  keys: (port) => ({ url: `postgres://ops@127.0.0.1:${port}/orders`, password: "env:PASSWORD" }),
  absent: Object.fromEntries(ABSENT.map((name) => [name, "only of what is watched or asked"])),
  secrets: { "env:PASSWORD": "s3cret-password" },
});

const open: TcpTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(script: Parameters<typeof startPgTarget>[0]): Promise<PgTarget> {
  const started = await startPgTarget(script);
  open.push(started);
  return started;
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await postgres.probe(postgres.schema.parse(spec), probeContext(context));
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describe("a postgres check", () => {
  it("reads in one transaction that can write nothing, by the simple protocol, and says goodbye", async () => {
    const { port, queries, startups, accepted } = await target({
      results: { connections_used: CONNECTIONS },
    });
    await only({ url: `postgres://ops@127.0.0.1:${port}/orders` }, { timeoutMs: 1_000 });
    expect(queries[0]).toBe(
      "begin read only; set local statement_timeout = 800; set local lock_timeout = 800; set local timezone = 'UTC'",
    );
    expect(queries.at(-1)).toBe("rollback");
    expect(startups).toEqual([expect.stringMatching(/^user ops database orders /)]);
    expect(startups[0]).not.toMatch(/timeout|options/);
    expect(accepted()).toBe(1);
  });

  it("asks a query of its own through a cursor, so that no answer is too long", async () => {
    const { port, queries } = await target({
      results: { fetch: { columns: { n: [INT8, "3"], at: [1184, "2026-11-24 12:00:00.5+00"] } } },
    });
    const url = `postgres://ops@127.0.0.1:${port}/orders`;
    expect(await only({ url, query: "select 3 as n -- three;".replace(";", "") })).toMatchObject({
      outcome: "good",
      fields: { rows: 1, row: { n: 3, at: "2026-11-24T12:00:00.500Z" } },
    });
    expect(queries.slice(1, 3)).toEqual([
      "declare tocsin no scroll cursor for select 3 as n -- three\n",
      "fetch 101 from tocsin",
    ]);
  });

  it("looks for a password nowhere but where it was told", async () => {
    const { port } = await target({ password: "from-the-environment", results: {} });
    process.env.PGPASSWORD = "from-the-environment";
    const reading = await only({ url: `postgres://ops@127.0.0.1:${port}/orders` });
    delete process.env.PGPASSWORD;
    expect(reading).toMatchObject({
      outcome: "unknown",
      reason: "asks for a password, and none is configured",
    });
  });
});

async function outcomeOf(said: Buffer): Promise<string> {
  const started = await startTcpTarget((socket) => socket.once("data", () => socket.end(said)));
  const reading = await only(
    { url: `postgres://ops:pw@127.0.0.1:${started.port}/orders` },
    { timeoutMs: 300 },
  );
  await started.drained();
  await started.close();
  return reading.outcome;
}

describe("what is bad and what is unknown", () => {
  it.each<[string, string, string, string]>([
    [
      "28P01",
      'password authentication failed for user "ops"',
      "unknown",
      'refuses the configured credentials: password authentication failed for user "ops"',
    ],
    [
      "28000",
      "no pg_hba.conf entry for host",
      "unknown",
      "refuses the configured credentials: no pg_hba.conf entry for host",
    ],
    ["08P01", "no such user: ops", "unknown", "refuses the configured credentials: no such user: ops"],
    [
      "53300",
      "sorry, too many clients already",
      "bad",
      "answered with an error: sorry, too many clients already",
    ],
    [
      "57P03",
      "the database system is starting up",
      "bad",
      "answered with an error: the database system is starting up",
    ],
    [
      "3D000",
      'database "orders" does not exist',
      "bad",
      'answered with an error: database "orders" does not exist',
    ],
    ["08P01", "query_wait_timeout", "bad", "answered with an error: query_wait_timeout"],
  ])("%s %s is %s", async (state, text, outcome, reason) => {
    const { port } = await target({ refuse: [state, text], results: {} });
    expect(await only({ url: `postgres://ops@127.0.0.1:${port}/orders` })).toMatchObject({
      outcome,
      reason,
      fields: {},
    });
  });

  it.each<[string, string, string, string]>([
    [
      "42P01",
      'relation "nothing" does not exist',
      "unknown",
      'the query cannot be run: relation "nothing" does not exist',
    ],
    [
      "42501",
      "permission denied for table secrets",
      "unknown",
      "the user lacks a right: permission denied for table secrets",
    ],
    [
      "25006",
      "cannot execute DELETE in a read-only transaction",
      "unknown",
      "the query cannot be run: cannot execute DELETE in a read-only transaction",
    ],
    ["57014", "canceling statement due to statement timeout", "bad", "the query did not finish in time"],
  ])("a query that fails with %s %s is %s", async (state, text, outcome, reason) => {
    const { port } = await target({ results: { declare: { error: [state, text] } } });
    const spec = { url: `postgres://ops@127.0.0.1:${port}/orders`, query: "select 1" };
    expect(await only(spec)).toMatchObject({ outcome, reason, fields: {} });
  });

  // Each of the first froze or brought down a client that trusts its server.
  it.each([
    "E\0\0\0\u0004",
    "E\0\0\0\u0008Mabc",
    "R\0\0\0\0",
    "R\u00ff\u00ff\u00ff\u00ff",
    "R\0\0\0\u0009\0\0\0\u000aX",
    "S\0\0\0\u0006ab",
    "T\0\0\0\u0006\u007f\u00ff",
    "R\0\0\0\u0008\0\0\0\0D\0\0\0\u0008\u007f\u00ff\0\0Z\0\0\0\u0005I",
    "R\u007f\u00ff\u00ff\u00ff",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "G\0\0\0\u0007\0\0\0",
  ])("a peer that says %j is bad, and nothing worse happens", async (said) => {
    expect(await outcomeOf(Buffer.from(said, "latin1"))).toBe("bad");
  });

  it("a peer that says anything at all is never worse than bad", async () => {
    const kinds = "RKSZTDCEIN";
    for (let seed = 0; seed < 100; seed += 1) {
      const bytes = Array.from({ length: 40 }, (_each, index) => (index * (seed * 31 + 7) + seed * 13) % 256);
      const body = Buffer.from(bytes.slice(0, seed % 40));
      const head = Buffer.from([kinds.charCodeAt(seed % kinds.length), 0, 0, 0, body.length + 4]);
      expect([seed, await outcomeOf(Buffer.concat([head, body]))]).toEqual([
        seed,
        expect.stringMatching(/bad|unknown/),
      ]);
    }
  });

  it.each<[string, object, string]>([
    ["a missing address", { url: "env:U" }, "env:U is not set"],
    ["an address that is none", { url: "env:NONE" }, "env:NONE holds no postgres:// URL"],
    [
      "a half-hearted sslmode",
      { url: "postgres://u@127.0.0.1:1/d?sslmode=prefer" },
      "sslmode in the address must be disable, require, verify-ca, verify-full",
    ],
    ["a missing password", { url: "postgres://u@127.0.0.1:1/d", password: "env:P" }, "env:P is not set"],
    [
      "egress that refuses the address",
      { url: "postgres://u@169.254.169.254/d" },
      "egress is not allowed: 169.254.169.254 is a cloud metadata address",
    ],
  ])("%s is unknown", async (_, spec, reason) => {
    const context = {
      secrets: secretsFrom({ "env:NONE": "s3cret" }),
      egress: probeEgress({ allow: [], deny: [] }),
    };
    expect(await only(spec, context)).toMatchObject({ outcome: "unknown", reason, fields: {} });
  });

  it("a server that refuses connections is bad, and so is one without the TLS that is wanted", async () => {
    const port = await closedPort();
    expect(await only({ url: `postgres://u@127.0.0.1:${port}/d` })).toMatchObject({
      outcome: "bad",
      reason: `refused the connection (127.0.0.1:${port})`,
    });
    const plain = await target({ results: {} });
    expect(await only({ url: `postgres://u@127.0.0.1:${plain.port}/d?sslmode=require` })).toMatchObject({
      outcome: "bad",
      reason: "TLS handshake failed: the server offers none",
    });
    expect(plain.startups).toEqual([]);
  });
});

describe("the schema", () => {
  it.each([
    ["no address", {}],
    ["another protocol", { url: "mysql://x/y" }],
    ["a socket's path, which egress cannot judge", { url: "postgres:///var/run" }],
    ["a password in the clear", { url: "postgres://x/y", password: "abc" }],
    ["an unknown watch", { url: "postgres://x/y", watch: ["bloat"] }],
    ["two kinds of question", { url: "postgres://x/y", watch: ["size"], query: "select 1" }],
    [
      "two statements, the second of which could leave the transaction",
      { url: "postgres://x/y", query: "select 1; commit" },
    ],
  ])("refuses %s", (_, spec) => {
    expect(postgres.schema.safeParse(spec).success).toBe(false);
  });

  it("takes a query that ends in a semicolon, and shows an address without its password", () => {
    const spec = postgres.schema.parse({
      url: "postgres://u:p4ssword@db:5433/orders",
      query: "select 1 ;\n",
    });
    expect(spec.query).toBe("select 1 ");
    expect(postgres.target(spec)).toBe("postgres://db:5433/orders");
  });
});
