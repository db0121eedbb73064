import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";

import type { ServeMetrics } from "../../src/api/serve-metrics-page.js";
import { serveMetrics } from "../../src/api/serve-metrics-page.js";
import type { Sources } from "../../src/views/sources.js";
import { worldCli, type WorldCli } from "../cli/world-installation.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";
import { named, samplesOf, type Samples } from "../support/samples.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

/** What a scrape of the listener says of a world in which the true workflows run. */
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
let metrics: ServeMetrics;
let counts: { readonly ping: Count; readonly alert: Count };
const said: string[] = [];

interface Count {
  taken: number;
  refused: number;
}

function metricsOver(sources: Sources, patienceMs?: number): ServeMetrics {
  let passed = 0;
  return serveMetrics({
    sources,
    // Every scrape asks anew.
    clock: { now: () => world.world.now(), monotonic: () => (passed += 10_000) },
    counts,
    log: (line) => void said.push(line),
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
}

async function scraped(of: ServeMetrics = metrics): Promise<Samples> {
  return samplesOf((await of.page()).text);
}

beforeAll(async () => {
  world = await tocsinWorld({
    plan: PLAN,
    look: (check, sinceMs) =>
      check.includes("dispatcher") || sinceMs < MINUTE ? "good" : { verdict: "bad", reason: "503" },
  });
  await world.advanceTo(4 * MINUTE);
  cli = worldCli(world, PLAN);
});
beforeEach(() => {
  said.length = 0;
  counts = { ping: { taken: 0, refused: 0 }, alert: { taken: 0, refused: 0 } };
  metrics = metricsOver(cli.sources);
});
afterEach(() => {
  for (const part of ["store", "workers", "temporal", "plan"] as const) cli.away[part] = false;
});

const UP = 'tocsin_system_up{system="kohakku"}';
const BLIND = 'tocsin_monitor_blind{monitor="kohakku"}';
const COVERAGE = 'tocsin_coverage_ratio{system="kohakku"}';
const FIRING = 'tocsin_alerts{system="kohakku",severity="critical",state="firing"}';

describe("a scrape of the listener", () => {
  it("says what fires, who has it, and that all of it is seen", async () => {
    expect(await scraped()).toMatchObject({
      tocsin_blind: 0,
      tocsin_temporal_up: 1,
      tocsin_store_up: 1,
      tocsin_dead_letters_waiting: 0,
      [UP]: 1,
      [BLIND]: 0,
      [FIRING]: 1,
      'tocsin_alerts{system="kohakku",severity="warning",state="firing"}': 1,
      'tocsin_alerts{system="kohakku",severity="info",state="pending"}': 0,
      'tocsin_open_incidents{system="kohakku",state="open"}': 1,
      'tocsin_planned_checks{system="kohakku"}': 3,
      [COVERAGE]: 1,
      'tocsin_unknown_alerts{system="kohakku"}': 0,
      'tocsin_store_rows_waiting{system="kohakku"}': 0,
      'tocsin_store_rows_dropped{system="kohakku"}': 0,
    });
  });

  it("without a worker says that nothing is seen, and nothing of alerts", async () => {
    await scraped();
    cli.away.workers = true;
    const samples = await scraped();
    expect(samples).toMatchObject({
      tocsin_blind: 1,
      tocsin_temporal_up: 1,
      [UP]: 0,
      [BLIND]: 1,
      [COVERAGE]: 0,
    });
    expect(named(samples, "tocsin_alerts{")).toEqual({});
    expect(named(samples, "tocsin_sweep_behind")).toEqual({});
  });

  it("without Temporal knows from the configuration what it does not see", async () => {
    cli.away.temporal = true;
    const samples = await scraped();
    expect(samples).toMatchObject({
      tocsin_blind: 1,
      tocsin_temporal_up: 0,
      [UP]: 0,
      [BLIND]: 1,
      [COVERAGE]: 0,
    });
    expect(named(samples, "tocsin_open_incidents")).toEqual({});
  });

  it("without the store sees what runs, and says nothing of what only the store knows", async () => {
    cli.away.store = true;
    const samples = await scraped();
    expect(samples).toMatchObject({ tocsin_blind: 0, tocsin_store_up: 0, [UP]: 1, [FIRING]: 1 });
    expect(named(samples, "tocsin_dead_letters")).toEqual({});
  });

  it("where nothing was ever applied, and nothing runs, is blind", async () => {
    cli.away.plan = true;
    const operations = { ...cli.operations, listMonitors: () => Promise.resolve([]) };
    const samples = await scraped(
      metricsOver({ ...cli.sources, operations: () => Promise.resolve(operations) }),
    );
    expect(samples).toMatchObject({ tocsin_blind: 1, tocsin_temporal_up: 1 });
    expect(named(samples, "tocsin_system_up")).toEqual({});
  });

  it("that gets no answer in time says of all it ever knew that it is not seen", async () => {
    let answers = true;
    const operations = (): ReturnType<Sources["operations"]> =>
      answers ? cli.sources.operations() : new Promise(() => undefined);
    const hanging = metricsOver({ ...cli.sources, operations }, 100);
    expect(await scraped(hanging)).toMatchObject({ [UP]: 1 });
    answers = false;
    const samples = await scraped(hanging);
    expect(samples).toMatchObject({
      tocsin_blind: 1,
      [UP]: 0,
      [BLIND]: 1,
      'tocsin_collection_failures_total{reason="late"}': 1,
    });
    for (const gone of ["tocsin_alerts{", "tocsin_coverage", "tocsin_collection_age", "tocsin_store_up"])
      expect(named(samples, gone)).toEqual({});
    expect(said).toEqual(["metrics say that nothing is seen: no answer within 100 ms"]);
  });

  it("counts what came in and what was refused, by route and never by address", async () => {
    counts.ping.taken += 3;
    counts.alert.refused += 1;
    metrics.answered("/ping/:token/:what?", 200);
    metrics.answered("/ping/:token/:what?", 429);
    const samples = await scraped();
    expect(await scraped()).toMatchObject(named(samples, "tocsin_listener_"));
    expect(samples).toMatchObject({
      'tocsin_listener_received_total{kind="ping",result="taken"}': 3,
      'tocsin_listener_received_total{kind="alert",result="refused"}': 1,
      'tocsin_listener_requests_total{route="/ping/:token/:what?",status="429"}': 1,
      tocsin_listener_rate_limited_total: 1,
    });
  });
});
