import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, it, jest } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { redis } from "../../src/checks/redis.js";
import type { Reading } from "../../src/domain/reading.js";
import { describeReal } from "../support/real-server.js";
import { makeCertificateAuthority, type CertificateAuthority } from "../support/certificate-authority.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { startTestRedis, whyNoSystemRedis, type TestRedis } from "../support/redis.js";

jest.setTimeout(60_000);

const missing = whyNoSystemRedis();

async function probe(spec: object, context: Partial<ProbeContext> = {}): Promise<readonly Reading[]> {
  return redis.probe(redis.schema.parse(spec), probeContext(context));
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await probe(spec, context);
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describeReal(missing, "a redis check of a real server", () => {
  let server: TestRedis;
  let url = "";

  beforeAll(async () => {
    server = await startTestRedis("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru");
    ({ url } = server);
  });
  afterAll(() => server.close());
  beforeEach(() => server.client.flushall());

  it("says how it is, and leaves no connection behind", async () => {
    const reading = await only({ url });
    expect(reading).toMatchObject({
      outcome: "good",
      fields: { role: "master", evicted_keys: 0, replicas: 0, rejected_connections: 0 },
    });
    expect(reading.fields.memory_used_percent).toBeGreaterThan(0);
    expect(reading.fields.memory_used_percent).toBeLessThan(50);
    expect(
      String(await server.client.client("LIST"))
        .trim()
        .split("\n"),
    ).toHaveLength(1);
  });

  it("counts evictions, and by the second", async () => {
    const small = await startTestRedis("--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru");
    await only({ url: small.url });
    const value = "x".repeat(10_000);
    for (let index = 0; index < 300; index += 1) await small.client.set(`k${index}`, value);
    const { fields } = await only({ url: small.url });
    expect(fields.evicted_keys).toBeGreaterThan(0);
    expect(fields.evicted_per_s).toBeGreaterThan(0);
    expect(fields.memory_used_percent).toBeGreaterThan(80);
    await small.close();
  });

  it("counts a list, with the progress of another key; one that is not there is empty", async () => {
    await server.client.rpush("jobs", "a", "b", "c");
    await server.client.set("done", "41");
    expect(await only({ url, list: "jobs", progress: "done" })).toMatchObject({
      outcome: "good",
      fields: { depth: 3, progress: 41 },
    });
    const none = await only({ url, list: "nobody", progress: "nothing" });
    expect(none).toMatchObject({ outcome: "good", fields: { depth: 0 } });
    expect(none.fields).not.toHaveProperty("progress");
  });

  it("is unknown when the key holds something else", async () => {
    await server.client.set("jobs", "x");
    expect(await only({ url, list: "jobs" })).toMatchObject({
      outcome: "unknown",
      reason: expect.stringContaining("WRONGTYPE"),
    });
    await server.client.rpush("queue", "x");
    expect(await only({ url, list: "queue", progress: "jobs" })).toMatchObject({
      outcome: "unknown",
      reason: "jobs holds no number",
    });
  });

  it("knows what of a stream waits, is under way, and how old the oldest is, whatever its length", async () => {
    const { client } = server;
    await client.xgroup("CREATE", "tasks", "workers", "0", "MKSTREAM");
    for (let index = 0; index < 10; index += 1) await client.xadd("tasks", "*", "n", String(index));
    const before = await only({ url, stream: "tasks", group: "workers" });
    expect(before.fields).toMatchObject({ depth: 10, lag: 10, pending: 0, consumers: 0 });

    const [[, entries] = ["", []]] = (await client.xreadgroup(
      ...(["GROUP", "workers", "w1", "COUNT", "4", "STREAMS", "tasks", ">"] as const),
    )) as [string, [string, string[]][]][];
    const handed = await only({ url, stream: "tasks", group: "workers" });
    expect(handed.fields).toMatchObject({ depth: 10, lag: 6, pending: 4, consumers: 1 });
    expect(handed.fields.oldest_ms).toBeGreaterThanOrEqual(0);

    for (const [id] of entries) await client.xack("tasks", "workers", id);
    const acked = await only({ url, stream: "tasks", group: "workers" });
    expect(acked.fields).toMatchObject({ depth: 6, lag: 6, pending: 0 });
    expect(await client.xlen("tasks")).toBe(10);

    const progress = [before, handed, acked].map(({ fields }) => Number(fields.progress));
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(new Set(progress).size).toBe(3);
    expect((await only({ url, stream: "tasks", group: "workers" })).fields.progress).toBe(progress[2]);
  });

  it("takes the age of the oldest from its id, by the server's clock", async () => {
    const { client } = server;
    const minuteAgo = Date.now() - 60_000;
    await client.xadd("tasks", `${minuteAgo}-0`, "n", "1");
    await client.xgroup("CREATE", "tasks", "workers", "0");
    const age = async (): Promise<number> =>
      Number((await only({ url, stream: "tasks", group: "workers" })).fields.oldest_ms);
    expect(await age()).toBeGreaterThanOrEqual(60_000);
    await client.xreadgroup("GROUP", "workers", "w1", "COUNT", "1", "STREAMS", "tasks", ">");
    expect(await age()).toBeGreaterThanOrEqual(60_000);
    await client.xack("tasks", "workers", `${minuteAgo}-0`);
    expect(await age()).toBe(0);
  });

  it("counts what waits itself where the server cannot say", async () => {
    const { client } = server;
    for (let index = 1; index <= 5; index += 1) await client.xadd("tasks", `${index}-0`, "n", "1");
    await client.xgroup("CREATE", "tasks", "workers", "2-0");
    await client.xdel("tasks", "4-0");
    expect((await only({ url, stream: "tasks", group: "workers" })).fields).toMatchObject({
      lag: 2,
      depth: 2,
    });
  });

  it("makes a subject of each group when none is named", async () => {
    const { client } = server;
    await client.xadd("tasks", "*", "n", "1");
    await client.xgroup("CREATE", "tasks", "a", "0");
    await client.xgroup("CREATE", "tasks", "b", "$");
    const readings = await probe({ url, stream: "tasks" });
    expect(readings.map(({ subject, fields }) => [subject, fields.depth])).toEqual([
      ["a", 1],
      ["b", 0],
    ]);
  });

  it.each<[string, object, string]>([
    ["stream", { stream: "gone", group: "workers" }, "there is no stream gone"],
    ["group", { stream: "tasks", group: "gone" }, "stream tasks has no consumer group gone"],
    ["group at all", { stream: "tasks" }, "stream tasks has no consumer group"],
  ])("is bad when there is no such %s, unless told otherwise", async (_, spec, reason) => {
    await server.client.xadd("tasks", "*", "n", "1");
    expect(await only({ url, ...spec })).toMatchObject({ outcome: "bad", reason });
    expect(await only({ url, ...spec, missing: "good" })).toMatchObject({
      outcome: "good",
      fields: { depth: 0 },
    });
  });

  it("counts keys by a pattern, and stops at the limit", async () => {
    const pipeline = server.client.pipeline();
    for (let index = 0; index < 3_000; index += 1) pipeline.set(`run:status:${index}`, "RUNNING");
    await pipeline.set("other", "1").exec();
    expect((await only({ url, keys: { pattern: "run:status:*" } })).fields.depth).toBe(3_000);
    expect(await only({ url, keys: { pattern: "run:status:*", limit: 100 } })).toMatchObject({
      outcome: "degraded",
      reason: "more than 100 keys match run:status:*",
      fields: { depth: 100 },
    });
  });

  it("counts recent entries by a value in the JSON of a field", async () => {
    const { client } = server;
    const add = (id: string, status: string): Promise<unknown> =>
      client.xadd("updates", id, "update", JSON.stringify({ run_id: "r", status }));
    await add(`${Date.now() - 3_600_000}-0`, "FAILED");
    const pipeline = client.pipeline();
    for (let index = 0; index < 2_500; index += 1) {
      pipeline.xadd(
        "updates",
        "*",
        "update",
        JSON.stringify({ status: index % 10 === 0 ? "FAILED" : "COMPLETED" }),
      );
    }
    await pipeline.exec();
    await client.xadd("updates", "*", "other", "no JSON");
    const entries = {
      stream: "updates",
      window: "15m",
      json: "$.update.status",
      values: ["FAILED", "CANCELLED"],
    };
    expect(await only({ url, entries })).toMatchObject({
      outcome: "good",
      fields: { count: 2_501, counts: { FAILED: 250, COMPLETED: 2_250, CANCELLED: 0 } },
    });
    expect(await only({ url, entries: { ...entries, stream: "gone" } })).toMatchObject({
      fields: { count: 0, counts: { FAILED: 0, CANCELLED: 0 } },
    });
  });

  it("is bad, and in time, when the server hangs", async () => {
    server.freeze();
    const reading = await only({ url, list: "jobs" }, { timeoutMs: 200 });
    server.thaw();
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^did not answer within 200 ms/),
    });
  });

  it("is bad when the server has no room for another client", async () => {
    await server.client.config("SET", "maxclients", "1");
    const reading = await only({ url });
    await server.client.config("SET", "maxclients", "100");
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: "answered with an error: ERR max number of clients reached",
    });
  });
});

describeReal(missing, "a redis check of a server with users", () => {
  let server: TestRedis;
  beforeAll(async () => {
    const users = ["--user", "ops", "on", ">right-password", "~*", "+@read", "+info", "+ping", "+select"];
    server = await startTestRedis("--requirepass", "root-password", ...users);
  });
  afterAll(() => server.close());

  it.each<[string, object, string, RegExp | undefined]>([
    ["none", {}, "unknown", /^asks for credentials, and none are configured$/],
    ["the default user's password", { password: "env:ROOT" }, "good", undefined],
    ["a user and a password", { username: "ops", password: "env:RIGHT" }, "good", undefined],
    [
      "a wrong password",
      { username: "ops", password: "env:WRONG" },
      "unknown",
      /^refuses the configured credentials: WRONGPASS/,
    ],
  ])("with %s", async (_, keys, outcome, reason) => {
    const secrets = secretsFrom({
      "env:ROOT": "root-password",
      "env:RIGHT": "right-password",
      "env:WRONG": "no-password",
    });
    const reading = await only({ url: server.url, ...keys }, { secrets });
    expect(reading.outcome).toBe(outcome);
    if (reason !== undefined) expect(reading.reason).toMatch(reason);
    expect(JSON.stringify(reading)).not.toMatch(/(root|right|no)-password/);
  });

  it("is unknown when its user may not ask that", async () => {
    const secrets = secretsFrom({ "env:URL": server.url.replace("//", "//ops:right-password@") });
    expect(await only({ url: "env:URL", stream: "s", group: "g" }, { secrets })).toMatchObject({
      outcome: "unknown",
      reason: expect.stringMatching(/NOPERM|has no permissions/),
    });
  });
});

describeReal(missing, "a redis check of a replica", () => {
  it("says when it has lost its master", async () => {
    const master = await startTestRedis();
    const replica = await startTestRedis(
      "--replicaof",
      "127.0.0.1",
      String(master.port),
      "--repl-diskless-sync-delay",
      "0",
    );
    let reading = await only({ url: replica.url });
    while (reading.fields.replica_linked !== true) reading = await only({ url: replica.url });
    expect(reading).toMatchObject({ outcome: "good", fields: { role: "replica" } });
    expect((await only({ url: master.url })).fields.replicas).toBe(1);
    await master.close();
    while (reading.outcome === "good") reading = await only({ url: replica.url });
    expect(reading).toMatchObject({
      outcome: "degraded",
      reason: expect.stringMatching(/^the link to its master is down/),
      fields: { replica_linked: false },
    });
    await replica.close();
  });
});

describeReal(missing, "a redis check over TLS", () => {
  let authority: CertificateAuthority;
  let server: TestRedis;

  beforeAll(async () => {
    authority = await makeCertificateAuthority();
    const { cert, key } = await authority.leaf({ names: ["127.0.0.1"] });
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(authority.folder, name), text);
      return join(authority.folder, name);
    };
    server = await startTestRedis(
      "--tls-port",
      ...["--tls-cert-file", await file("r.pem", cert), "--tls-key-file", await file("r.key", key)],
      ...["--tls-ca-cert-file", await file("r-ca.pem", authority.root), "--tls-auth-clients", "optional"],
    );
  });
  afterAll(async () => {
    await server.close();
    await authority.remove();
  });

  it("trusts the authority it was given, and no other", async () => {
    const secrets = secretsFrom({ "env:CA": authority.root });
    const url = server.url.replace("redis:", "rediss:");
    expect(await only({ url, tls: { ca: "env:CA" } }, { secrets })).toMatchObject({ outcome: "good" });
    expect(await only({ url: server.url, tls: { ca: "env:CA" } }, { secrets })).toMatchObject({
      outcome: "good",
    });
    expect(await only({ url }, { secrets })).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/^certificate/),
    });
  });
});
