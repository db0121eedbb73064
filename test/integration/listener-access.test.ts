import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import { openInstallation } from "../../src/cli/installation.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { Store } from "../../src/store/store.js";
import { run, type Ran } from "../cli/world-installation.js";
import { bearer, makeToken, raw, startListener, type TestListener } from "../support/listener.js";
import { plan } from "../support/plans.js";
import { startTestPostgres, type TestPostgres } from "../support/postgres.js";

/** Who may reach the listener, on real sockets and a real store. */
let postgres: TestPostgres;
let database: string;
let store: Store;
let listener: TestListener;

beforeAll(async () => {
  postgres = await startTestPostgres("embedded");
}, 120_000);
afterAll(() => postgres.stop(), 60_000);

beforeEach(async () => {
  database = await postgres.freshDatabase();
  store = createPostgresStore({ connectionString: database, clock: systemClock });
  await store.migrate();
  listener = await startListener({ store, plan: plan() });
});
afterEach(async () => {
  await listener.close();
  await store.close();
});

const tocsin = (...argv: readonly string[]): Promise<Ran> =>
  run([...argv, "--database", database], openInstallation, { now: () => Date.now() });

interface Heard {
  readonly status: number;
  readonly code?: string;
  readonly type: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Heard> {
  const answer = await fetch(listener.url + path, { headers });
  const body = (await answer.json()) as Readonly<Record<string, unknown>>;
  const code = typeof body.code === "string" ? { code: body.code } : {};
  return { status: answer.status, type: answer.headers.get("content-type"), body, ...code };
}

/** Anything that reads. */
const READ = "/api/v1/checks";

describe("reading", () => {
  it("is open on this machine as long as there is no token that may read", async () => {
    expect(await get(READ)).toMatchObject({ status: 200 });
    await makeToken(store, ["ingest"]);
    expect(await get(READ)).toMatchObject({ status: 200 });
  });

  it("needs a token from the moment there is one that may read", async () => {
    const secret = await makeToken(store, ["read"]);
    await listener.close();
    listener = await startListener({ store, plan: plan() });
    const refused = await get(READ);
    expect(refused).toMatchObject({ status: 401, code: "API-001", type: "application/problem+json" });
    expect(refused.body).toMatchObject({
      type: "urn:tocsin:problem:API-001",
      remedy: expect.any(String) as unknown,
    });
    expect(await get(READ, bearer(secret))).toMatchObject({ status: 200 });
  });

  it("is refused to a page that calls this machine by a name of its own", async () => {
    const { answer } = await raw(listener.port, (write) =>
      write(`GET ${READ} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`),
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it("is refused to a token that is for something else, in a query, or in no form at all", async () => {
    const ingest = await makeToken(store, ["ingest"]);
    const read = await makeToken(store, ["read"]);
    expect(await get(READ, bearer(ingest))).toMatchObject({ status: 403, code: "API-002" });
    await listener.close();
    listener = await startListener({ store, plan: plan() });
    expect(await get(`${READ}?access_token=${read}&token=${read}`)).toMatchObject({ status: 401 });
    expect(await get(READ, { authorization: `Basic ${read}` })).toMatchObject({ status: 401 });
    expect(await get(READ, { authorization: "Bearer" })).toMatchObject({ status: 401 });
  });

  it("is granted to a token at once when it is made, and refused seconds after it was revoked or has expired", async () => {
    const secret = await makeToken(store, ["admin"], { id: "ad" });
    expect(await get(READ, bearer(secret))).toMatchObject({ status: 200 });
    const expired = await makeToken(store, ["admin"], { expiresAt: Date.now() - 1 });
    expect(await get(READ, bearer(expired))).toMatchObject({ status: 401 });
    await store.revokeToken("ad", "ada");
    let last = await get(READ, bearer(secret));
    while (last.status === 200) last = await get(READ, bearer(secret));
    expect(last).toMatchObject({ status: 401, code: "API-001" });
  }, 20_000);
});

describe("a listener beyond this machine", () => {
  it("is refused until a token exists, and reading needs one even then", async () => {
    await expect(startListener({ store, plan: plan(), host: "0.0.0.0" })).rejects.toMatchObject({
      code: "RUN-018",
    });
    await makeToken(store, ["ping"]);
    await listener.close();
    listener = await startListener({ store, plan: plan(), host: "0.0.0.0" });
    expect(await get(READ)).toMatchObject({ status: 401, code: "API-001" });
    expect(await get("/healthz")).toMatchObject({ status: 200 });
  });

  it("tells who may not read only whether Tocsin works, not with what", async () => {
    const secret = await makeToken(store, ["read"]);
    await listener.close();
    listener = await startListener({ store, plan: plan(), host: "0.0.0.0" });
    const open = (await get("/readyz")).body.checks as Record<string, object>;
    const whole = (await get("/readyz", bearer(secret))).body.checks as Record<string, object>;
    expect(open.sweeps).toEqual({ status: "error" });
    expect(whole.sweeps).toMatchObject({ detail: expect.any(String) as unknown });
  });
});

describe("tocsin token", () => {
  it("shows a secret once, keeps only what it hashes to, and it opens the door", async () => {
    const made = await tocsin(
      "token",
      "create",
      "--scope",
      "read",
      "ingest",
      "--name",
      "grafana",
      "--expires",
      "30d",
    );
    const secret = made.out.trim();
    expect(secret).toMatch(/^tocsin_[A-Za-z0-9_-]{43}$/);
    expect(await get(READ, bearer(secret))).toMatchObject({ status: 200 });
    const listed = await tocsin("token", "list");
    expect(listed.out).toMatch(/holds +read,ingest [^]* ada [^]* grafana/);
    expect(JSON.stringify(await store.tokens()) + listed.out + made.err).not.toContain(secret);
  });

  it("revokes one by its id, once, and lists it no more unless asked for all", async () => {
    await tocsin("token", "create", "--scope", "read", "--name", "grafana");
    const [{ id } = { id: "" }] = await store.tokens();
    expect(await tocsin("token", "revoke", id)).toMatchObject({ exit: 0, out: `${id}: revoked\n` });
    expect(await tocsin("token", "revoke", id)).toMatchObject({
      exit: 2,
      err: expect.stringContaining("CLI-012") as unknown,
    });
    expect((await tocsin("token", "list")).out).toBe("");
    expect((await tocsin("token", "list", "--all")).out).toMatch(/revoked .* grafana/);
  });

  it("wants to know what for, and pings of one check only", async () => {
    expect(await tocsin("token", "create")).toMatchObject({ exit: 2 });
    expect(await tocsin("token", "create", "--scope", "ping")).toMatchObject({ exit: 2 });
    expect(await tocsin("token", "create", "--scope", "read", "--ping", "a/b/c")).toMatchObject({ exit: 2 });
  });
});

describe("browsers", () => {
  it("are told nothing of other origins, and what a page may do with an answer", async () => {
    const answer = await fetch(listener.url + READ, { headers: { origin: "https://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });
});
