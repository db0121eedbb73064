import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";

import { createKeyring } from "../../src/api/keyring.js";
import { createApi } from "../../src/api/server.js";
import { worldCli, type WorldCli } from "../cli/world-installation.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

/** The API beside the command line, over one world in which the true workflows run. */
const PLAN = plan([
  servicePlan({
    checks: [
      checkPlan(),
      checkPlan({ name: "health", rules: [rulePlan({ name: "ill", severity: "warning" })] }),
    ],
  }),
  servicePlan({ name: "dispatcher" }),
]);

let world: TocsinWorld;
let cli: WorldCli;
let api: FastifyInstance;

const never = {
  take: () => Promise.reject(new Error("not here")),
  counts: { taken: 0, refused: 0 },
  settled: () => Promise.resolve(),
};

beforeAll(async () => {
  world = await tocsinWorld({
    plan: PLAN,
    look: (_check, sinceMs) => (sinceMs < MINUTE ? "good" : { verdict: "bad", reason: "503" }),
  });
  await world.advanceTo(4 * MINUTE);
  cli = worldCli(world, PLAN);
  const store = await cli.sources.store();
  if (store === undefined) throw new Error("there is a store");
  const clock = { now: () => world.world.now(), monotonic: () => 0 };
  const log = (): void => undefined;
  const keyring = createKeyring({
    store: { tokens: () => Promise.resolve([]), touchTokens: () => Promise.resolve() },
    clock,
    log,
  });
  api = await createApi(
    {
      clock,
      store,
      keyring,
      pings: never,
      alerts: never,
      metrics: { page: () => Promise.reject(new Error("not here")), answered: () => undefined },
      sources: cli.sources,
      currentPlan: () => Promise.resolve(PLAN),
      pingTemporal: () => Promise.resolve(),
      log,
    },
    { loopback: true },
  );
  await api.ready();
});
afterEach(() => {
  for (const part of ["store", "workers", "temporal", "plan"] as const) cli.away[part] = false;
});

interface Answer {
  readonly status: number;
  readonly kind: string;
  readonly data: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
  readonly code?: string;
  readonly detail?: string;
}

async function get(path: string): Promise<Answer> {
  const answer = await api.inject({ url: `/api/v1${path}`, headers: { host: "localhost" } });
  return { status: answer.statusCode, ...answer.json<Omit<Answer, "status">>() };
}

async function printed(...argv: readonly string[]): Promise<Omit<Answer, "status">> {
  return JSON.parse((await cli.tocsin(...argv, "--json")).out) as Answer;
}

describe("what the API reads", () => {
  it.each([
    ["/status", ["status"]],
    ["/alerts", ["alerts"]],
    ["/incidents", ["incidents"]],
    ["/incidents/kohakku%2Fcontroller", ["incidents", "kohakku/controller"]],
    ["/why?which=kohakku/controller", ["why", "kohakku/controller"]],
    ["/history?check=kohakku/controller/ready", ["history", "kohakku/controller/ready"]],
    ["/deadletters", ["deadletters", "list"]],
    ["/schedules", ["schedules", "list"]],
  ] as const)("at %s is what the command line prints with --json", async (path, argv) => {
    const [answer, said] = [await get(path), await printed(...argv)];
    expect(answer.status).toBe(200);
    expect([answer.kind, answer.data]).toEqual([said.kind, said.data]);
    expect(answer.meta).toMatchObject({ at: world.world.now() });
  });

  it("comes in pages that add up to the whole, in order", async () => {
    const whole = (await get("/alerts")).data as readonly { readonly alert: string }[];
    const pages: unknown[] = [];
    let next: unknown;
    do {
      const page = await get(`/alerts?limit=1${typeof next === "string" ? `&cursor=${next}` : ""}`);
      pages.push(...(page.data as readonly unknown[]));
      next = page.meta.next;
    } while (next !== undefined);
    expect(whole.length).toBeGreaterThan(2);
    expect(pages).toEqual(whole);
  });

  it("is filtered as asked", async () => {
    const { data } = await get("/alerts?severity=warning&state=firing");
    expect(data).toMatchObject([{ alert: "kohakku/controller/health/ill" }]);
    expect((await get("/checks?limit=2")).data).toMatchObject([
      { check: "kohakku/controller/health" },
      { check: "kohakku/controller/ready", type: "http", alerts: [{ name: "not-ready" }] },
    ]);
    expect((await get("/checks?type=dns")).data).toEqual([]);
    expect((await get("/incidents?open=false")).data).toEqual([]);
  });

  it.each([
    ["/alerts?limit=0", 400, "API-004", "limit"],
    ["/alerts?cursor=nonsense", 400, "API-004", "cursor"],
    ["/incidents?cursor=WzFd", 400, "API-004", "cursor"],
    ["/why", 400, "API-004", "which"],
    ["/why?which=..", 400, "CLI-001", "'..'"],
    ["/why?which=kohakku/contoller", 404, "CLI-006", "did you mean kohakku/controller?"],
    ["/history?check=a/b", 400, "CLI-001", "a/b"],
    ["/history?check=a/b/c&since=yesterday", 400, "API-004", "since"],
    ["/incidents/kohakku%2Fnobody", 404, "CLI-003", "nobody"],
    ["/status?system=nowhere", 404, "CLI-005", "nowhere"],
    ["/nothing", 404, "API-003", ""],
  ])("at %s is refused with what is wrong", async (path, status, code, words) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status, code, detail: expect.stringContaining(words) as unknown });
  });

  it("with the store away is what runs, and says so", async () => {
    cli.away.store = true;
    expect(await get("/status")).toMatchObject({ status: 200, meta: { store: "away" } });
    expect(await get("/incidents/kohakku%2Fcontroller")).toMatchObject({
      status: 200,
      meta: { live: true, notes: [expect.stringContaining("store away")] },
    });
    expect(await get("/why?which=kohakku/controller")).toMatchObject({
      status: 200,
      meta: { notes: [expect.stringContaining("store away") as unknown] },
    });
    expect(await get("/incidents")).toMatchObject({ status: 503, code: "STO-001" });
  });

  it("with no worker is what was stored last, and says of what", async () => {
    cli.away.workers = true;
    const { data, meta } = await get("/alerts");
    expect(meta).toMatchObject({ stored: ["kohakku"], missing: [] });
    expect(data).toEqual(
      expect.arrayContaining([expect.objectContaining({ state: "firing", source: "store" })]),
    );
  });

  it("without Temporal cannot be answered for what runs, and is 503 with when to come again", async () => {
    cli.away.temporal = true;
    const answer = await api.inject({ url: "/api/v1/status", headers: { host: "localhost" } });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("5");
    expect(answer.json()).toMatchObject({ code: "TMP-001" });
  });
});

describe("the description of the API", () => {
  it("names every route that is not hidden, who may, and what goes wrong", async () => {
    const spec = (await api.inject({ url: "/api/v1/openapi.json" })).json<{
      readonly openapi: string;
      readonly paths: Readonly<
        Record<string, Readonly<Record<string, { readonly responses: object; readonly security: unknown }>>>
      >;
    }>();
    expect(spec.openapi).toBe("3.1.0");
    expect(Object.keys(spec.paths)).toEqual(
      expect.arrayContaining([
        "/healthz",
        "/api/v1/alerts",
        "/api/v1/incidents/{incident}",
        "/api/v1/history",
      ]),
    );
    const operations = Object.values(spec.paths).flatMap((each) => Object.values(each));
    for (const { responses } of operations)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["4XX", "5XX"]));
    expect(spec.paths["/api/v1/alerts"]?.post?.security).toEqual([{ token: [] }]);
    expect(Object.keys(spec.paths).filter((path) => path.startsWith("/ping"))).toEqual([]);
  });
});
