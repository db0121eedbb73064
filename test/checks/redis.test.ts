import { afterEach, describe, expect, it } from "@jest/globals";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { redis } from "../../src/checks/redis.js";
import type { Reading } from "../../src/domain/reading.js";
import { probeEgress } from "../../src/lib/egress-rules.js";
import { describeCheckType } from "../contracts/check-type.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";
import { bulk, startRespTarget, type Replies, type RespTarget } from "../support/resp-target.js";
import { closedPort, startTcpTarget, type TcpTarget } from "../support/tcp-target.js";

const INFO = [
  "# Server",
  "run_id:abc",
  "# Memory",
  "used_memory:262144000",
  "maxmemory:524288000",
  "total_system_memory:8000000000",
  "# Stats",
  "evicted_keys:10",
  "rejected_connections:0",
  "# Clients",
  "connected_clients:3",
  "# Replication",
  "role:slave",
  "master_link_status:up",
  "connected_slaves:0",
].join("\r\n");

const HEALTHY: Replies = { "AUTH ops s3cret-password": "+OK\r\n", PING: "+PONG\r\n", INFO: bulk(INFO) };
const QUEUES = "only of a queue";

describeCheckType({
  type: redis,
  network: true,
  start: () => startRespTarget(HEALTHY),
  keys: (port) => ({ url: `redis://127.0.0.1:${port}`, username: "ops", password: "env:PASSWORD" }),
  absent: {
    evicted_per_s: "needs a probe before",
    depth: QUEUES,
    progress: QUEUES,
    lag: QUEUES,
    pending: QUEUES,
    consumers: QUEUES,
    oldest_ms: QUEUES,
    count: QUEUES,
    counts: QUEUES,
  },
  secrets: { "env:PASSWORD": "s3cret-password" },
});

const open: TcpTarget[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function target(replies: Replies): Promise<RespTarget> {
  const started = await startRespTarget(replies);
  open.push(started);
  return started;
}

async function only(spec: object, context: Partial<ProbeContext> = {}): Promise<Reading> {
  const [reading, ...more] = await redis.probe(redis.schema.parse(spec), probeContext(context));
  if (reading === undefined || more.length > 0) throw new Error("expected one reading");
  return reading;
}

describe("a redis check", () => {
  it("opens one connection, asks only what it must, and writes nothing", async () => {
    const { port, commands, accepted } = await target(HEALTHY);
    await only({ url: `redis://ops:s3cret-password@127.0.0.1:${port}` });
    expect(commands).toEqual(["AUTH ops s3cret-password", "PING", "INFO"]);
    expect(accepted()).toBe(1);
  });

  it("selects the database of the address", async () => {
    const { port, commands } = await target({ ...HEALTHY, "SELECT 2": "+OK\r\n", "LLEN q": ":5\r\n" });
    expect(await only({ url: `redis://127.0.0.1:${port}/2`, list: "q" })).toMatchObject({
      outcome: "good",
      fields: { depth: 5 },
    });
    expect(commands).toEqual(["SELECT 2", "LLEN q"]);
  });

  it("tells evictions a second from the probe before, not from a server that was started again", async () => {
    const at = { ms: 0 };
    const clock = { now: () => Date.now(), monotonic: () => at.ms };
    const rate = async (evicted: number, run: string): Promise<unknown> => {
      const text = INFO.replace("evicted_keys:10", `evicted_keys:${evicted}`).replace(
        "run_id:abc",
        `run_id:${run}`,
      );
      const { port } = await target({ ...HEALTHY, INFO: bulk(text) });
      const secrets = secretsFrom({ "env:RATE_URL": `redis://127.0.0.1:${port}` });
      at.ms += 10_000;
      return (await only({ url: "env:RATE_URL" }, { clock, secrets })).fields.evicted_per_s;
    };
    expect([
      await rate(10, "a"),
      await rate(60, "a"),
      await rate(60, "a"),
      await rate(5, "b"),
      await rate(6, "b"),
    ]).toEqual([undefined, 5, 0, undefined, 0.1]);
  });

  it.each<[string, string]>([
    [
      "master_link_status:down\r\nmaster_link_down_since_seconds:90",
      "the link to its master is down for 90 s",
    ],
    ["rdb_last_bgsave_status:err", "its last snapshot failed"],
    ["aof_last_write_status:err", "its last write to the append-only file failed"],
  ])("is degraded when it answers and says %j", async (line, reason) => {
    const { port } = await target({ PING: "+PONG\r\n", INFO: bulk(`${INFO}\r\n${line}`) });
    expect(await only({ url: `redis://127.0.0.1:${port}` })).toMatchObject({ outcome: "degraded", reason });
  });
});

describe("what is bad and what is unknown", () => {
  it.each<[string, string, string, string]>([
    ["NOAUTH Authentication required.", "unknown", "asks for credentials, and none are configured", "PING"],
    [
      "WRONGPASS invalid username-password pair or user is disabled.",
      "unknown",
      "refuses the configured credentials: WRONGPASS invalid username-password pair or user is disabled.",
      "PING",
    ],
    [
      "NOPERM this user has no permissions to run the 'info' command",
      "unknown",
      "refuses the configured credentials: NOPERM this user has no permissions to run the 'info' command",
      "PING",
    ],
    [
      "LOADING Redis is loading the dataset in memory",
      "bad",
      "answered with an error: LOADING Redis is loading the dataset in memory",
      "PING",
    ],
    [
      "ERR max number of clients reached",
      "bad",
      "answered with an error: ERR max number of clients reached",
      "PING",
    ],
    [
      "MISCONF Errors writing\tto the AOF",
      "bad",
      "answered with an error: MISCONF Errors writing to the AOF",
      "PING",
    ],
  ])("%s is %s", async (error, outcome, reason, command) => {
    const { port } = await target({ ...HEALTHY, [command]: `-${error}\r\n` });
    expect(await only({ url: `redis://127.0.0.1:${port}` })).toMatchObject({ outcome, reason, fields: {} });
  });

  it("a refusal that repeats the password does not spread it", async () => {
    const { port } = await target({ "AUTH s3cret-password": "-ERR bad s3cret-password\r\n" });
    const secrets = secretsFrom({ "env:P": "s3cret-password" });
    const reading = await only({ url: `redis://127.0.0.1:${port}`, password: "env:P" }, { secrets });
    expect(reading.reason).toBe("answered with an error: ERR bad ****");
  });

  // Each of these brought down a client that trusts its server.
  it.each([
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    ">1\r\n_\r\n",
    "*1\r\n".repeat(100),
    "$99999999999\r\n",
    ":x\r\n",
    "+A\r\n+B\r\n+C\r\n",
    "*-5\r\n",
  ])("a peer that says %j is bad, and nothing worse happens", async (said) => {
    const started = await startTcpTarget((socket) => socket.once("data", () => socket.end(said)));
    open.push(started);
    const reading = await only({ url: `redis://127.0.0.1:${started.port}` });
    expect(reading).toMatchObject({
      outcome: "bad",
      reason: expect.stringMatching(/not Redis|closed|error/),
    });
  });

  it("a peer that hangs up is bad, also in the middle of an answer", async () => {
    const started = await startTcpTarget((socket) => socket.once("data", () => socket.end("+PO")));
    open.push(started);
    expect(await only({ url: `redis://127.0.0.1:${started.port}` })).toMatchObject({
      outcome: "bad",
      reason: "closed the connection without answering",
    });
  });

  it.each<[string, object, string]>([
    ["a missing address", { url: "env:U" }, "env:U is not set"],
    ["an address that is none", { url: "env:NONE" }, "env:NONE holds no redis:// or rediss:// URL"],
    ["a missing password", { url: "redis://127.0.0.1:1", password: "env:P" }, "env:P is not set"],
    [
      "egress that refuses the address",
      { url: "redis://169.254.169.254" },
      "egress is not allowed: 169.254.169.254 is a cloud metadata address",
    ],
  ])("%s is unknown", async (_, spec, reason) => {
    const context = {
      secrets: secretsFrom({ "env:NONE": "s3cret" }),
      egress: probeEgress({ allow: [], deny: [] }),
    };
    expect(await only(spec, context)).toMatchObject({ outcome: "unknown", reason, fields: {} });
  });

  it("a server that refuses connections is bad", async () => {
    const port = await closedPort();
    expect(await only({ url: `redis://127.0.0.1:${port}` })).toMatchObject({
      outcome: "bad",
      reason: `refused the connection (127.0.0.1:${port})`,
    });
  });
});

describe("the schema", () => {
  it.each([
    ["no address", {}],
    ["another protocol", { url: "http://x" }],
    ["a database that is none", { url: "redis://x/one" }],
    ["a password in the clear", { url: "redis://x", password: "abc" }],
    ["two questions at once", { url: "redis://x", list: "a", stream: "b" }],
    ["a group of nothing", { url: "redis://x", group: "g" }],
    ["a progress of nothing", { url: "redis://x", progress: "p" }],
    ["entries without a window", { url: "redis://x", entries: { stream: "s", json: "$.a" } }],
    ["a limit beyond reason", { url: "redis://x", keys: { pattern: "*", limit: 1e9 } }],
  ])("refuses %s", (_, spec) => {
    expect(redis.schema.safeParse(spec).success).toBe(false);
  });

  it("shows address and queue, and nothing secret", () => {
    const shown = (spec: object): string => redis.target(redis.schema.parse(spec));
    expect(shown({ url: "rediss://u:p4ssword@cache:6380/1", stream: "s", group: "g" })).toBe(
      "rediss://cache:6380/1 s/g",
    );
    expect(shown({ url: "env:REDIS_URL", list: "jobs" })).toBe("env:REDIS_URL jobs");
  });
});
