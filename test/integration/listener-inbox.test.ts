import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import type { CheckId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { bearer, makeToken, startListener, type TestListener } from "../support/listener.js";
import { checkPlan, plan, servicePlan } from "../support/plans.js";
import { startTestPostgres, type TestPostgres } from "../support/postgres.js";

/** Posted alerts on real sockets into a real store. */
const INBOX = "kohakku/agents/inbox" as CheckId;

let postgres: TestPostgres;
let store: Store;
let listener: TestListener;
let secret: string;

const withInboxes = (...names: readonly string[]) =>
  plan([servicePlan({ name: "agents", checks: names.map((name) => checkPlan({ name, type: "inbox" })) })]);

beforeAll(async () => {
  postgres = await startTestPostgres("embedded");
}, 120_000);
afterAll(() => postgres.stop(), 60_000);

beforeEach(async () => {
  store = createPostgresStore({ connectionString: await postgres.freshDatabase(), clock: systemClock });
  await store.migrate();
  secret = await makeToken(store, ["ingest"]);
  listener = await startListener({ store, plan: withInboxes("inbox") });
});
afterEach(async () => {
  await listener.close();
  await store.close();
});

async function post(
  body: object,
  path = "/api/v1/alerts",
  token = secret,
): Promise<{ readonly status: number }> {
  const answer = await fetch(listener.url + path, {
    method: "POST",
    headers: { ...bearer(token), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

const DISK = { severity: "critical", title: "disk full on db1" };
const open = async () => (await store.inbox(INBOX, 100)).filter(({ overSince }) => overSince === undefined);

describe("a posted alert", () => {
  it("is stored with all it says before it is answered", async () => {
    const ends = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await post({
      ...DISK,
      message: "97 %",
      context: { host: "db1" },
      fingerprint: "db1/disk",
      ends,
    });
    expect(answer).toMatchObject({
      status: 200,
      kind: "alert",
      data: { check: INBOX, fingerprint: "db1/disk" },
    });
    expect(await open()).toMatchObject([
      {
        ...DISK,
        message: "97 %",
        context: { host: "db1" },
        fingerprint: "db1/disk",
        endsAt: Date.parse(ends),
        source: "127.0.0.1",
      },
    ]);
  });

  it("posted in a flood, by many at once, is one row with the count and the range of time", async () => {
    // One address may have 500 connections at a time.
    const flood = (from: number) =>
      Promise.all(Array.from({ length: 300 }, (_, n) => post({ ...DISK, message: `${from + n}` })));
    const answers = [...(await flood(0)), ...(await flood(300))];
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const rows = await open();
    expect(rows).toMatchObject([{ count: 600, title: DISK.title, fingerprint: DISK.title }]);
    expect(rows[0]?.lastSeen).toBeGreaterThan(rows[0]?.firstSeen ?? Infinity);
    expect(listener.counts.alerts).toEqual({ taken: 600, refused: 0 });
  }, 60_000);

  it("is over when it is said so, by its fingerprint or its title, and says whether there was one", async () => {
    await post(DISK);
    const resolve = (body: object) => post(body, "/api/v1/alerts/resolve");
    expect(await resolve({ title: DISK.title })).toMatchObject({ status: 200, data: { ended: true } });
    expect(await resolve({ fingerprint: DISK.title })).toMatchObject({ status: 200, data: { ended: false } });
    expect(await open()).toEqual([]);
    expect(await resolve({})).toMatchObject({ status: 400, code: "API-004" });
  });

  it.each([
    ["no severity", { title: "a" }, "severity"],
    ["a severity of its own", { ...DISK, severity: "fatal" }, "severity"],
    ["no title", { severity: "info" }, "title"],
    ["a title of 301 characters", { ...DISK, title: "x".repeat(301) }, "title"],
    ["a key nobody knows", { ...DISK, fingerprnt: "a" }, "fingerprnt"],
    ["an end that is no time", { ...DISK, ends: "tomorrow" }, "ends"],
    ["the inbox of nobody", { ...DISK, check: "a/b/c" }, INBOX],
  ])("with %s is refused, and where is said", async (_, body, where) => {
    expect(await post(body)).toMatchObject({
      status: 400,
      code: "API-004",
      detail: expect.stringContaining(where) as unknown,
    });
    expect(await open()).toEqual([]);
  });

  it("needs a token for posting even on this machine", async () => {
    const read = await makeToken(store, ["read"]);
    expect(await post(DISK, undefined, read)).toMatchObject({ status: 403, code: "API-002" });
    const answer = await fetch(`${listener.url}/api/v1/alerts`, { method: "POST" });
    expect(answer.status).toBe(401);
  });

  it("must say which inbox when there are several, and finds none where none is configured", async () => {
    await listener.close();
    listener = await startListener({ store, plan: withInboxes("inbox", "other") });
    expect(await post(DISK)).toMatchObject({
      status: 400,
      detail: expect.stringContaining("kohakku/agents/other") as unknown,
    });
    expect(await post({ ...DISK, check: INBOX })).toMatchObject({ status: 200 });
    await listener.close();
    listener = await startListener({ store, plan: plan() });
    expect(await post(DISK)).toMatchObject({
      status: 400,
      detail: expect.stringContaining("there is none") as unknown,
    });
  });

  it("that cannot be stored is refused and counted", async () => {
    await post(DISK);
    await postgres.kill();
    expect(await post(DISK)).toMatchObject({ status: 503, code: "API-007" });
    expect(listener.counts.alerts).toEqual({ taken: 1, refused: 1 });
    await postgres.restart();
    let answer = await post(DISK);
    while (answer.status === 503) answer = await post(DISK);
    expect(await open()).toMatchObject([{ count: 2 }]);
  }, 60_000);
});
