import { Agent, request } from "node:http";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import type { CheckId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { newTokenSecret } from "../../src/lib/token-secret.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { makeToken, startListener, type TestListener } from "../support/listener.js";
import { startTestPostgres, type TestPostgres } from "../support/postgres.js";

/** Pings on real sockets into a real store. */
const CHECK = "shop/backup/nightly" as CheckId;
const MIB = 1024 * 1024;

let postgres: TestPostgres;
let store: Store;
let listener: TestListener;
let secret: string;

beforeAll(async () => {
  postgres = await startTestPostgres("embedded");
}, 120_000);
afterAll(() => postgres.stop(), 60_000);

beforeEach(async () => {
  store = createPostgresStore({ connectionString: await postgres.freshDatabase(), clock: systemClock });
  await store.migrate();
  secret = await makeToken(store, ["ping"], { pingCheck: CHECK });
  listener = await startListener({ store });
});
afterEach(async () => {
  await listener.close();
  await store.close();
});

const ping = async (what = "", init: RequestInit = {}): Promise<Response> =>
  fetch(`${listener.url}/ping/${secret}${what}`, init);
const kept = async (): Promise<readonly unknown[]> =>
  [...(await store.pings(CHECK, 10_000))]
    .reverse()
    .map(({ at: _at, check: _check, source: _source, ...rest }) => rest);

describe("a ping", () => {
  it("says that a job began, ended well, failed, or with what code, by any of three methods", async () => {
    for (const method of ["GET", "HEAD", "POST"]) expect((await ping("", { method })).status).toBe(200);
    for (const what of ["/start", "/fail", "/0", "/3", "/-1", "/3221225477"])
      expect((await ping(what)).status).toBe(200);
    expect(await kept()).toEqual([
      { kind: "ok" },
      { kind: "ok" },
      { kind: "ok" },
      { kind: "start" },
      { kind: "fail" },
      { kind: "ok", exitCode: 0 },
      { kind: "fail", exitCode: 3 },
      { kind: "fail", exitCode: -1 },
      { kind: "fail", exitCode: 3_221_225_477 },
    ]);
    expect((await store.pings(CHECK, 1))[0]?.source).toBe("127.0.0.1");
  });

  it("keeps what the job printed, of any type, and the end of it when it is long", async () => {
    const headers = { "content-type": "application/json" };
    await ping("/1", { method: "POST", body: "disk full\n" });
    await ping("/1", { method: "POST", body: "{no json", headers });
    await ping("/1", { method: "POST", body: "x".repeat(500_000) + "the reason" });
    const bodies = (await kept()).map((each) => (each as { readonly body: string }).body);
    expect(bodies.slice(0, 2)).toEqual(["disk full\n", "{no json"]);
    expect(bodies[2]).toMatch(/^…x+the reason$/);
    expect(Buffer.byteLength(bodies[2] ?? "")).toBeLessThanOrEqual(10_003);
    expect(
      (await ping("/1", { method: "POST", body: "x".repeat(2 * MIB) }).catch(() => undefined))?.status ?? 413,
    ).toBe(413);
  });

  it("is answered only when it is stored: with the store away it is refused, said and counted, and the next one is taken", async () => {
    await ping();
    await postgres.kill();
    const refused = await ping();
    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await refused.json()).toMatchObject({ code: "API-007" });
    await postgres.restart();
    let answer = await ping();
    while (answer.status === 503) answer = await ping();
    expect(await kept()).toHaveLength(2);
    expect(listener.counts.pings).toMatchObject({ taken: 2 });
    expect(listener.counts.pings.refused).toBeGreaterThanOrEqual(1);
    expect(listener.said.join()).toContain("pings are refused");
  }, 60_000);

  it("with a token that is not known, revoked, or for something else is 404, and stores nothing", async () => {
    const read = await makeToken(store, ["read", "admin"]);
    for (const token of [newTokenSecret(), read, "x", "%00", "..%2f..%2fetc"]) {
      expect((await fetch(`${listener.url}/ping/${token}`)).status).toBe(404);
    }
    expect((await ping("/nonsense")).status).toBe(400);
    expect((await fetch(`${listener.url}/ping/`)).status).toBe(404);
    expect(await kept()).toEqual([]);
  });

  it("opens no other door", async () => {
    await makeToken(store, ["read"]);
    await listener.close();
    listener = await startListener({ store });
    const answer = await fetch(`${listener.url}/api/v1/checks`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(answer.status).toBe(403);
  });
});

/** One ping over a connection that is used again, without what fetch costs. */
function quickPing(agent: Agent, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, port: listener.port, host: "127.0.0.1", path, method: "POST" },
      (answer) => {
        answer.resume();
        answer.once("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    sent.once("error", reject);
    sent.end("ok");
  });
}

describe("a storm", () => {
  it("of 500 pings a second is kept to the last one, within bounded memory", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const seconds = 6;
    await quickPing(agent, `/ping/${secret}`);
    global.gc?.();
    const before = process.memoryUsage().rss;
    let highest = before;
    const answers: Promise<number>[] = [];
    const began = performance.now();
    for (let n = 0; n < seconds * 100; n += 1) {
      for (let m = 0; m < 5; m += 1)
        answers.push(quickPing(agent, `/ping/${secret}/${m === 4 ? "0" : "start"}`));
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, began + n * 10 - performance.now())));
      highest = Math.max(highest, process.memoryUsage().rss);
    }
    const codes = await Promise.all(answers);
    const tookMs = performance.now() - began;
    agent.destroy();
    expect(codes.filter((code) => code !== 200)).toEqual([]);
    expect(await store.pings(CHECK, 10_000)).toHaveLength(seconds * 500 + 1);
    expect((seconds * 500) / (tookMs / 1000)).toBeGreaterThan(450);
    expect((highest - before) / MIB).toBeLessThan(150);
  }, 60_000);

  it("that the store cannot follow is refused, not hoarded", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: Store = {
      ...store,
      recordPings: async (pings) => {
        await held;
        await store.recordPings(pings);
      },
    };
    const stuck = await startListener({ store: slow });
    const agent = new Agent({ keepAlive: true, maxSockets: 400 });
    const send = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const body = "x".repeat(100_000);
        const sent = request(
          { agent, port: stuck.port, host: "127.0.0.1", path: `/ping/${secret}`, method: "POST" },
          (answer) => {
            answer.resume();
            answer.once("end", () => resolve(answer.statusCode ?? 0));
          },
        );
        sent.once("error", reject);
        sent.end(body);
      });
    // 400 bodies of 10 kB at once are more than may wait.
    const many = Array.from({ length: 500 }, send);
    const first = await Promise.race(many);
    expect(first).toBe(503);
    release();
    const codes = await Promise.all(many);
    agent.destroy();
    const taken = codes.filter((code) => code === 200).length;
    expect([...new Set(codes)].sort()).toEqual([200, 503]);
    expect(stuck.counts.pings).toEqual({ taken, refused: 500 - taken });
    expect(await store.pings(CHECK, 10_000)).toHaveLength(taken);
    await stuck.close();
  }, 60_000);
});

describe("the receiver", () => {
  it("writes down that it is there, again and again, from the moment it listens", async () => {
    let [beat] = await store.heartbeats([CHECK]);
    while (beat?.receiverUp.length === 0) [beat] = await store.heartbeats([CHECK]);
    expect(beat?.receiverUp).toHaveLength(1);
  }, 20_000);
});
