import { setTimeout as pass } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import { newTokenSecret } from "../../src/lib/token-secret.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { bearer, makeToken, raw, startListener, type TestListener } from "../support/listener.js";
import { plan } from "../support/plans.js";
import { startTestPostgres, type TestPostgres } from "../support/postgres.js";

/** Clients that want no answer, or all of them: none may hold the listener. */
const PATIENCE = { headersMs: 400, requestMs: 800 };
const MIB = 1024 * 1024;

let postgres: TestPostgres;
let store: Store;
let listener: TestListener;
let queries: number;

beforeAll(async () => {
  postgres = await startTestPostgres("embedded");
}, 120_000);
afterAll(() => postgres.stop(), 60_000);

beforeEach(async () => {
  const connectionString = await postgres.freshDatabase();
  const real = createPostgresStore({ connectionString, clock: systemClock });
  await real.migrate();
  queries = 0;
  store = {
    ...real,
    tokens: () => {
      queries += 1;
      return real.tokens();
    },
  };
  listener = await startListener({ store, plan: plan(), patience: PATIENCE });
});
afterEach(async () => {
  await listener.close();
  await store.close();
});

const healthy = async (): Promise<number> => (await fetch(`${listener.url}/healthz`)).status;
const HEAD = "Host: 127.0.0.1\r\nContent-Type: application/json\r\n";

describe("a client", () => {
  it("that drips its headers is cut off, and meanwhile others are answered", async () => {
    const drips = Array.from({ length: 50 }, () =>
      raw(listener.port, async (write) => {
        write("GET /healthz HTTP/1.1\r\n");
        for (let n = 0; n < 30; n += 1) {
          write(`X-Drip-${n}: 1\r\n`);
          await pass(50);
        }
      }),
    );
    expect(await healthy()).toBe(200);
    const ends = await Promise.all(drips);
    expect(ends.filter(({ answer }) => !answer.startsWith("HTTP/1.1 408 "))).toEqual([]);
    expect(ends[0]?.answer).toContain('"code":"API-010"');
  }, 30_000);

  it("that drips its body is cut off as well", async () => {
    const secret = await makeToken(store, ["ingest"]);
    const { answer } = await raw(listener.port, async (write) => {
      write(
        `POST /api/v1/alerts HTTP/1.1\r\n${HEAD}Authorization: Bearer ${secret}\r\nContent-Length: 1000\r\n\r\n`,
      );
      for (let n = 0; n < 40; n += 1) {
        write(" ");
        await pass(50);
      }
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  }, 30_000);

  it("that sends ten megabytes is told so after the first bytes", async () => {
    const secret = await makeToken(store, ["ingest"]);
    await listener.close();
    listener = await startListener({ store, plan: plan() });
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const body = `"${"x".repeat(10 * MIB)}"`;
        const headers = { ...bearer(secret), "content-type": "application/json" };
        try {
          const answer = await fetch(`${listener.url}/api/v1/alerts`, { method: "POST", body, headers });
          return ((await answer.json()) as { readonly code: string }).code;
        } catch {
          // The connection was closed while the client was still sending.
          return "API-005";
        }
      }),
    );
    expect(new Set(answers)).toEqual(new Set(["API-005"]));
    // Ten bodies of the clients' own are in this process, too.
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
    expect(await healthy()).toBe(200);
  }, 30_000);

  it("that sends headers without end is refused before they end", async () => {
    const { answer } = await raw(listener.port, (write) =>
      write(`GET /healthz HTTP/1.1\r\nX-Flood: ${"x".repeat(64 * 1024)}\r\n\r\n`),
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 [^]*application\/problem\+json[^]*"code":"API-011"/);
  });

  it("that speaks no HTTP, or no JSON, hears what was expected", async () => {
    expect((await raw(listener.port, (write) => write("\u0016\u0003\u0001 hello\r\n\r\n"))).answer).toMatch(
      /^HTTP\/1.1 400 [^]*"code":"API-004"/,
    );
    const secret = await makeToken(store, ["ingest"]);
    const post = async (body: string, type: string): Promise<unknown> => {
      const headers = { ...bearer(secret), "content-type": type };
      const answer = await fetch(`${listener.url}/api/v1/alerts`, { method: "POST", headers, body });
      return { status: answer.status, ...((await answer.json()) as object) };
    };
    expect(await post("{", "application/json")).toMatchObject({ status: 400, code: "API-004" });
    expect(await post("", "application/json")).toMatchObject({ status: 400, code: "API-004" });
    expect(await post("<a/>", "application/xml")).toMatchObject({ status: 415, code: "API-009" });
    expect(await post('{"__proto__":{"severity":"critical"}}', "application/json")).toMatchObject({
      status: 400,
    });
  });

  it("that tries tokens is stopped, at the price of hardly a query, and who has the right one is not", async () => {
    const secret = await makeToken(store, ["read"]);
    const codes: number[] = [];
    for (let n = 0; n < 60; n += 1) {
      const answer = await fetch(`${listener.url}/api/v1/checks`, { headers: bearer(newTokenSecret()) });
      await answer.body?.cancel();
      codes.push(answer.status);
    }
    expect([...new Set(codes)]).toEqual([401, 429]);
    expect(codes.filter((code) => code === 401)).toHaveLength(30);
    expect(queries).toBeLessThan(10);
    expect((await fetch(`${listener.url}/api/v1/checks`, { headers: bearer(secret) })).status).toBe(200);
  }, 30_000);

  it("that is a page of another site changes nothing", async () => {
    const secret = await makeToken(store, ["ingest"]);
    const post = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
      const answer = await fetch(`${listener.url}/api/v1/alerts`, {
        method: "POST",
        headers: { ...bearer(secret), ...headers },
      });
      return answer.json();
    };
    expect(await post({ "sec-fetch-site": "cross-site" })).toMatchObject({ status: 403, code: "API-008" });
    expect(await post({ "sec-fetch-site": "same-site" })).toMatchObject({ status: 403, code: "API-008" });
    expect(await post({ origin: "https://evil.example" })).toMatchObject({ status: 403, code: "API-008" });
  });
});
