import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { Client } from "pg";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { postgres } from "../../src/checks/postgres.js";
import type { Reading } from "../../src/domain/reading.js";
import { makeCertificateAuthority, type CertificateAuthority } from "../support/certificate-authority.js";
import { startServerPair, type ServerPair } from "../support/postgres-standby.js";
import { whyNoSystemPostgres } from "../support/postgres.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { describeReal } from "../support/real-server.js";

jest.setTimeout(120_000);

const missing = whyNoSystemPostgres();

async function probe(spec: object, context: Partial<ProbeContext> = {}): Promise<readonly Reading[]> {
  return postgres.probe(postgres.schema.parse(spec), probeContext(context));
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await probe(spec, context);
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

function describePair(): void {
  let authority: CertificateAuthority;
  let pair: ServerPair;
  let url = "";
  let admin: Client;

  beforeAll(async () => {
    authority = await makeCertificateAuthority();
    pair = await startServerPair(await authority.leaf({ names: ["127.0.0.1"] }));
    url = pair.primaryUrl;
    admin = new Client({ connectionString: url });
    await admin.connect();
    await admin.query("create table tasks (status text, n int, at timestamptz default now())");
    await admin.query(
      "insert into tasks values ('QUEUED', 3, '2026-01-02 03:04:05+00'), ('FAILED', 1, now())",
    );
    await admin.query("create role watcher login password 'w4tcher-password'");
  });
  afterAll(async () => {
    await admin.end();
    await pair.stop();
    await authority.remove();
  });

  /** The address with the role that has no rights but to log in. */
  const asWatcher = (password: string): string => {
    const address = new URL(url);
    address.username = "watcher";
    address.password = password;
    return address.href;
  };

  it("answers every built-in question, and leaves no connection behind", async () => {
    const watch = ["connections", "replication_lag", "transactions", "size", "slow_queries", "archiver"];
    const reading = await only({ url, watch });
    expect(reading).toMatchObject({
      outcome: "good",
      fields: {
        connections_max: 17,
        in_recovery: false,
        standbys: 1,
        slow_queries: 0,
        archiver_failing: false,
        deadlocks: 0,
      },
    });
    expect(reading.fields.connections_used).toBeGreaterThanOrEqual(2);
    expect(reading.fields.size_bytes).toBeGreaterThan(1_000_000);
    const text = "select count(*)::int as n from pg_stat_activity where application_name = 'tocsin'";
    let left = 1;
    while (left > 0) left = (await admin.query<{ n: number }>(text)).rows[0]?.n ?? 0;
  });

  it("tells transactions a second from the probe before", async () => {
    const at = { ms: 0 };
    const clock = { now: () => Date.now(), monotonic: () => at.ms };
    const secrets = secretsFrom({ "env:RATE": url });
    const first = await only({ url: "env:RATE", watch: ["transactions"] }, { clock, secrets });
    expect(first.fields).not.toHaveProperty("transactions_per_s");
    at.ms += 10_000;
    let { fields } = await only({ url: "env:RATE", watch: ["transactions"] }, { clock, secrets });
    // A server's statistics are some way behind what it does.
    while (fields.transactions === first.fields.transactions) {
      await admin.query("select 1");
      at.ms += 10_000;
      ({ fields } = await only({ url: "env:RATE", watch: ["transactions"] }, { clock, secrets }));
    }
    expect(fields.transactions_per_s).toBeGreaterThan(0);
  });

  it("sees queries and transactions that take long", async () => {
    const busy = new Client({ connectionString: url });
    await busy.connect();
    await busy.query("begin");
    const sleeping = busy.query("select pg_sleep(2)");
    const spec = { url, watch: ["slow_queries", "transactions"], slow_after: "100ms" };
    let reading = await only(spec);
    while (reading.fields.slow_queries === 0) reading = await only(spec);
    expect(reading.fields.slow_queries).toBe(1);
    expect(reading.fields.longest_query_s).toBeGreaterThan(0.1);
    expect(reading.fields.longest_transaction_s).toBeGreaterThan(0.1);
    await sleeping;
    await busy.end();
  });

  it("makes a subject of each row, with its columns", async () => {
    const query = "select status as subject, n, at from tasks order by n desc";
    const readings = await probe({ url, query });
    expect(readings.map(({ outcome, subject }) => [outcome, subject])).toEqual([
      ["good", "QUEUED"],
      ["good", "FAILED"],
    ]);
    expect(readings[0]?.fields.row).toEqual({ subject: "QUEUED", n: 3, at: "2026-01-02T03:04:05.000Z" });
  });

  it("lifts values out of rows, and splits them by another name, when told to", async () => {
    const query = "select status, n from tasks order by n desc";
    expect(
      await only(
        { url, query: "select count(*) as total from tasks" },
        { lift: { fields: { total: "$.total" } } },
      ),
    ).toMatchObject({
      fields: { total: 2, rows: 1 },
    });
    const lift = { fields: {}, each: { path: "$", subject: "status", fields: { n: "n" } } };
    const readings = await probe({ url, query }, { lift });
    expect(readings.map(({ subject, fields }) => [subject, fields.n])).toEqual([
      ["QUEUED", 3],
      ["FAILED", 1],
    ]);
  });

  it("says how it is with no rows, with rows it cannot tell apart, and with too many", async () => {
    expect(await only({ url, query: "select 1 where false" })).toMatchObject({
      outcome: "good",
      fields: { rows: 0 },
    });
    expect(await only({ url, query: "select n from tasks" })).toMatchObject({
      outcome: "unknown",
      reason: "the query gives 2 rows and no column `subject` to tell them apart",
    });
    const many = await probe({ url, query: "select generate_series(1, 1000000000) as subject" });
    expect(many).toHaveLength(100);
    expect(many[0]).toMatchObject({ outcome: "degraded", reason: "the query gives more than 100 rows" });
  });

  it("writes nothing, whatever the query says", async () => {
    await admin.query("create function meddle() returns int language sql as 'delete from tasks; select 1'");
    expect(await only({ url, query: "select meddle()" })).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("read-only transaction"),
    });
    expect(await only({ url, query: "delete from tasks" })).toMatchObject({ outcome: "unknown" });
    expect((await admin.query("select from tasks")).rowCount).toBe(2);
  });

  it("is bad when a query takes too long, and the server stops working on it", async () => {
    const reading = await only({ url, query: "select pg_sleep(30)" }, { timeoutMs: 500 });
    expect(reading).toMatchObject({ outcome: "bad", reason: "the query did not finish in time" });
  });

  it.each<[string, () => string, string, RegExp]>([
    [
      "a wrong password",
      () => asWatcher("no-password"),
      "unknown",
      /^refuses the configured credentials: password authentication failed/,
    ],
    ["no password", () => asWatcher(""), "unknown", /^asks for a password, and none is configured$/],
    [
      "a database that is not there",
      () => url.replace(/\/tocsin(?=\?|$)/, "/gone"),
      "bad",
      /database "gone" does not exist/,
    ],
  ])("with %s", async (_, address, outcome, reason) => {
    const reading = await only({ url: address() });
    expect(reading).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(reading)).not.toContain("no-password");
  });

  it("needs no rights for its own questions, and says which it lacks for others'", async () => {
    const watch = ["connections", "replication_lag", "transactions", "size", "slow_queries", "archiver"];
    const reading = await only({ url: asWatcher("w4tcher-password"), watch });
    expect(reading).toMatchObject({ outcome: "good", fields: { standbys: 1 } });
    expect(reading.fields.connections_used).toBeGreaterThanOrEqual(2);
    expect(await only({ url: asWatcher("w4tcher-password"), query: "select * from tasks" })).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/^the user lacks a right: permission denied for table tasks$/),
    });
  });

  it("goes on in TLS when told to, and trusts the authority it was given and no other", async () => {
    const secrets = secretsFrom({ "env:CA": authority.root });
    const query = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()";
    expect((await only({ url, query })).fields.row).toMatchObject({ ssl: false });
    const secured = await only({ url, query, tls: { ca: "env:CA" } }, { secrets });
    expect(secured.fields.row).toMatchObject({ ssl: true, version: "TLSv1.3" });
    expect(secured.phases?.tls).toBeGreaterThan(0);
    const asked = new URL(url);
    asked.searchParams.set("sslmode", "require");
    expect(await only({ url: asked.href })).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^certificate/),
    });
  });

  it("is bad when there is no place left", async () => {
    const others: Client[] = [];
    let refused: unknown;
    while (refused === undefined) {
      const client = new Client({ connectionString: asWatcher("w4tcher-password") });
      await client.connect().then(
        () => others.push(client),
        (error: unknown) => (refused = error),
      );
    }
    const reading = await only({ url: asWatcher("w4tcher-password") });
    const percent = (await only({ url })).fields.connections_used_percent;
    await Promise.all(others.map((each) => each.end()));
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^answered with an error: .*(too many|remaining connection slots)/),
    });
    expect(percent).toBeGreaterThan(95);
  });

  it("knows how far a standby is behind, from both sides, until it is cut off", async () => {
    const watch = ["replication_lag"];
    const standby = new Client({ connectionString: pair.standbyUrl });
    await standby.connect();
    const ofStandby = await only({ url: pair.standbyUrl, watch });
    expect(ofStandby).toMatchObject({
      outcome: "good",
      fields: { in_recovery: true, standby_connected: true },
    });

    await standby.query("select pg_wal_replay_pause()");
    await admin.query("insert into tasks values ('LATE', 1)");
    const behind = async (): Promise<[unknown, unknown]> => [
      (await only({ url: pair.standbyUrl, watch })).fields.replication_lag_s,
      (await only({ url, watch })).fields.replication_lag_bytes,
    ];
    let [seconds, bytes] = await behind();
    while (Number(seconds) < 0.2 || Number(bytes) <= 0) [seconds, bytes] = await behind();
    await standby.query("select pg_wal_replay_resume()");
    while (Number(seconds) !== 0 || Number(bytes) !== 0) [seconds, bytes] = await behind();
    await standby.end();

    admin.on("error", () => undefined);
    await pair.killPrimary();
    let cut = await only({ url: pair.standbyUrl, watch });
    while (cut.outcome === "good") cut = await only({ url: pair.standbyUrl, watch });
    expect(cut).toMatchObject({
      outcome: "degraded",
      reason: "this standby receives nothing from its primary",
      fields: { standby_connected: false },
    });
    expect(await only({ url })).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^refused the connection/),
    });
  });
}

describeReal(missing, "a postgres check of a real primary and its standby", describePair);
