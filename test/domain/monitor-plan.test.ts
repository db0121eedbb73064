import { describe, expect, it } from "@jest/globals";

import {
  checkOfAlert,
  laneKey,
  monitorOwner,
  monitorPlan,
  serviceOfKey,
} from "../../src/domain/monitor-plan.js";
import { timingOf } from "../../src/domain/monitor-state.js";
import { indexPlan } from "../../src/domain/plan-index.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";

const whole = plan([
  servicePlan({
    name: "api",
    checks: [
      checkPlan({
        name: "ready",
        timeoutMs: 3_000,
        rules: [rulePlan({ name: "down" }), rulePlan({ name: "slow" })],
      }),
      checkPlan({ name: "live", timeoutMs: 9_000, rules: [rulePlan({ name: "down", hold: "until_ack" })] }),
      checkPlan({ name: "far", everyMs: 60_000, from: "edge" }),
    ],
  }),
  servicePlan({ name: "db", shard: 2, checks: [checkPlan({ name: "up" })] }),
]);
const slice = monitorPlan(whole, "kohakku", 1, true);

describe("the slice of a shard", () => {
  it("has a lane for each interval and location, with the longest timeout in it", () => {
    expect(slice.lanes).toEqual([
      { key: "15000", everyMs: 15_000, timeoutMs: 9_000 },
      { key: "60000@edge", everyMs: 60_000, timeoutMs: 5_000, from: "edge" },
    ]);
    expect([laneKey(15_000), laneKey(60_000, "edge")]).toEqual(["15000", "60000@edge"]);
  });

  it("holds the checks of its services only", () => {
    expect(slice.checks.map(({ key, lane }) => `${key} ${lane}`)).toEqual([
      "api/ready 15000",
      "api/live 15000",
      "api/far 60000@edge",
    ]);
    expect(monitorPlan(whole, "kohakku", 2, true).checks.map(({ key }) => key)).toEqual(["db/up"]);
  });

  it("holds of a service that is split only the checks that are its own", () => {
    const split = plan([
      servicePlan({
        name: "api",
        checks: [checkPlan({ name: "a" }), checkPlan({ name: "b", shard: 2 }), checkPlan({ name: "c" })],
      }),
    ]);
    const keysOf = (shard: number): readonly string[] =>
      monitorPlan(split, "kohakku", shard, true).checks.map(({ key }) => key);
    expect([keysOf(1), keysOf(2), keysOf(3)]).toEqual([["api/a", "api/c"], ["api/b"], []]);
  });

  it("keeps each set of timings once", () => {
    expect(slice.timings).toHaveLength(3);
    expect(slice.checks[0]?.rules).toEqual([
      { name: "down", timing: 0 },
      { name: "slow", timing: 0 },
    ]);
    expect(slice.timings[1]).toMatchObject({ hold: "until_ack", everyMs: 15_000, severity: "critical" });
  });

  it.each([
    ["no shard", "kohakku", 9],
    ["no system", "other", 1],
  ])("of %s watches nothing", (_name, system, shard) => {
    expect(monitorPlan(whole, system, shard, true)).toMatchObject({ lanes: [], checks: [], timings: [] });
  });
});

describe("an alert's key", () => {
  it.each([
    ["api/ready/down", "api/ready", "api", 0],
    ["api/live/down/host%2F1", "api/live", "api", 1],
    ["api/far/not-ready", "api/far", "api", 2],
  ])("%s finds its check, service and rule", (alert, check, service, timing) => {
    expect([checkOfAlert(alert), serviceOfKey(alert)]).toEqual([check, service]);
    expect(timingOf(slice, alert)).toBe(slice.timings[timing]);
    expect(indexPlan(slice).timing(alert)).toBe(slice.timings[timing]);
  });

  it.each(["api/ready/other", "db/up/not-ready", "api", "", "api/ready", "api/ready/down2"])(
    "%p finds no rule in another plan",
    (alert) => {
      expect(timingOf(slice, alert)).toBeUndefined();
      expect(indexPlan(slice).timing(alert)).toBeUndefined();
    },
  );

  it("finds whether a check is there", () => {
    const index = indexPlan(slice);
    expect([index.hasCheck("api/ready"), index.hasCheck("db/up")]).toEqual([true, false]);
  });
});

describe("the owner of a monitor", () => {
  it("is that of the system, else those of its services, else nobody", () => {
    const services = [servicePlan({ owner: "web" }), servicePlan({ name: "dispatcher", owner: "platform" })];
    const owned = { ...plan(services), systems: [{ name: "kohakku", owner: "core", services }] };
    expect(monitorOwner(owned, "kohakku")).toBe("core");
    expect(monitorOwner(plan(services), "kohakku")).toBe("platform, web");
    expect(monitorOwner(plan([]), "kohakku")).toBe("nobody");
  });
});
