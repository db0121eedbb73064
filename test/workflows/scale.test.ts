import { describe, expect, it, jest } from "@jest/globals";

import type { Plan } from "../../src/domain/plan.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";
import { deliveryFaults, MINUTE, pages, SECOND } from "../support/tocsin-lines.js";
import type { Look } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import type { RunBooks } from "../support/harness/execution.js";

jest.setTimeout(300_000);

const SERVICES = Array.from({ length: 10 }, (_, index) => `service-${index}`);
const MAX_EVENTS = 600;
const MAX_HISTORY_BYTES = 2_000_000;
const MAX_CARRIED_BYTES = 256 * 1024;
const MAX_SWEEP_BYTES = 32 * 1024;

/** 500 checks in ten services, swept every ten seconds. */
const fiveHundred: Plan = plan(
  SERVICES.map((name) =>
    servicePlan({
      name,
      checks: Array.from({ length: 50 }, (_, index) =>
        checkPlan({ name: `check-${index}`, everyMs: 10 * SECOND, rules: [rulePlan()] }),
      ),
    }),
  ),
);

/** Every one fails, in words of its own that are as long as words may be. */
function failing(check: string): Look {
  const reason = `GET http://10.1.2.3:8000/${check}/ready answered 503, want 200: {"status":"unavailable","database":"lost","redis":"lost"}`;
  return { verdict: "bad", reason };
}

interface Sizes {
  readonly events: number;
  readonly historyBytes: number;
  readonly carriedBytes: number;
  readonly sweepBytes: number;
}

function largest(world: TocsinWorld): Sizes {
  const incidents = SERVICES.flatMap((name) => world.incident(name)?.runs ?? []);
  const runs: readonly RunBooks[] = [...world.monitor.runs, ...incidents];
  return {
    events: Math.max(...runs.map(({ events }) => events)),
    historyBytes: Math.max(...runs.map(({ historyBytes }) => historyBytes)),
    carriedBytes: Math.max(...runs.map(({ inputBytes }) => inputBytes)),
    sweepBytes: Math.max(...world.sweepBytes),
  };
}

function overLimits({ events, historyBytes, carriedBytes, sweepBytes }: Sizes): readonly string[] {
  return [
    ...(events > MAX_EVENTS ? [`${events} events`] : []),
    ...(historyBytes > MAX_HISTORY_BYTES ? [`${historyBytes} bytes of history`] : []),
    ...(carriedBytes > MAX_CARRIED_BYTES ? [`${carriedBytes} bytes carried`] : []),
    ...(sweepBytes > MAX_SWEEP_BYTES ? [`${sweepBytes} bytes of a sweep`] : []),
  ];
}

describe("500 checks that fail for an hour, with one notifier that refuses all along", () => {
  it("stay within the limits of histories, continue as new, and double no page", async () => {
    const world = await tocsinWorld({
      plan: fiveHundred,
      look: (check, at) => (at >= MINUTE ? failing(check) : "good"),
      answer: (notifier) => (notifier === "lead" ? "retry" : "accepted"),
      sweepMs: 300,
    });
    await world.advanceTo(60 * MINUTE);
    expect(overLimits(largest(world))).toEqual([]);
    expect(world.monitor.continuedAsNew).toBeGreaterThan(5);
    expect(world.incident("service-0")?.continuedAsNew).toBeGreaterThan(0);
    expect(deliveryFaults(world)).toEqual([]);
    expect(pages(world, "pager").slice(0, 10)).toEqual(SERVICES.map(() => "181s firing pager n=1"));
    expect(pages(world, "lead")).toEqual([]);
    expect(world.transitions.filter(({ to }) => to === "firing")).toHaveLength(500);
    for (const name of SERVICES) {
      const firsts = pages({
        ...world,
        told: world.told.filter(({ incident }) => incident.includes(`/${name}@`)),
      });
      expect(firsts.filter((line) => line.includes("firing pager"))).toHaveLength(1);
    }
  });
});

describe("500 checks of which nothing is known while they are pending, and a store that is away", () => {
  it("stay within the limits of histories too", async () => {
    const world = await tocsinWorld({
      plan: fiveHundred,
      look: (check, at) => {
        if (at < MINUTE) return "good";
        return at < 2 * MINUTE ? failing(check) : { verdict: "unknown", reason: failing(check).reason ?? "" };
      },
      storeUp: (at) => at < 2 * MINUTE || at > 30 * MINUTE,
      limits: { events: 60, bytes: 1_800_000 },
    });
    await world.advanceTo(10 * MINUTE);
    expect(largest(world).carriedBytes).toBeLessThanOrEqual(MAX_CARRIED_BYTES);
    expect(world.monitor.continuedAsNew).toBeGreaterThan(0);
  });
});

describe("250 services that fire in the same second", () => {
  it("are told one and all, and no history grows beyond its limits by it", async () => {
    const names = Array.from({ length: 250 }, (_, index) => `service-${index}`);
    const world = await tocsinWorld({
      plan: plan(names.map((name) => servicePlan({ name }))),
      look: (check, at) => (at >= MINUTE ? failing(check) : "good"),
    });
    await world.advanceTo(4 * MINUTE);
    expect(new Set(pages(world, "pager"))).toEqual(new Set(["185s firing pager n=1"]));
    expect(world.told).toHaveLength(names.length);
    expect(Math.max(...world.monitor.runs.map(({ events }) => events))).toBeLessThanOrEqual(MAX_EVENTS);
    expect(world.monitor.runs.every(({ inputBytes }) => inputBytes <= MAX_CARRIED_BYTES)).toBe(true);
  });
});
