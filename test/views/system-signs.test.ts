import { describe, expect, it } from "@jest/globals";

import type { Plan } from "../../src/domain/plan.js";
import type { MonitorStatus } from "../../src/temporal/live-status.js";
import type { MonitorNow } from "../../src/views/monitors.js";
import { systemSigns } from "../../src/views/system-signs.js";
import { checkPlan, plan, servicePlan } from "../support/plans.js";

const NOW = 10_000_000;
const [QUICK, SLOW] = [15_000, 60_000];
/** Three checks every 15 s, one of them of the second shard, and one every minute. */
const PLAN = plan([
  servicePlan({
    name: "api",
    checks: [
      checkPlan({ name: "ready" }),
      checkPlan({ name: "health" }),
      checkPlan({ name: "deep", everyMs: SLOW }),
      checkPlan({ name: "far", shard: 2 }),
    ],
  }),
]);

function status(
  changes: Partial<MonitorStatus> = {},
  agoMs: Readonly<Record<number, number>> = {},
): MonitorStatus {
  const lane = (everyMs: number): MonitorStatus["lanes"][number] => ({
    key: String(everyMs),
    everyMs,
    timeoutMs: 5_000,
    anchor: 0,
    next: NOW,
    sweptAt: NOW - (agoMs[everyMs] ?? 1_000),
  });
  return {
    system: "kohakku",
    shard: 1,
    revision: PLAN.revision,
    wanted: [],
    state: "good",
    openAlerts: 0,
    checks: 3,
    lanes: [lane(QUICK), lane(SLOW)],
    alerts: [],
    pauses: [],
    blind: {},
    overflow: 0,
    rowsWaiting: 0,
    ...changes,
  };
}

function answered(value: MonitorStatus): MonitorNow {
  return { monitor: { system: value.system, shard: value.shard }, asked: { state: "answered", value } };
}

const second = status({ shard: 2, checks: 1, rowsWaiting: 4, rowsDropped: 2 });

function signs(first: MonitorStatus, of: Plan | undefined = PLAN): ReturnType<typeof systemSigns> {
  return systemSigns("kohakku", [answered(first), answered(second)], of, NOW);
}

type Alert = MonitorStatus["alerts"][number];

const unknown = (check: string, since: number, changes: object = {}): Alert =>
  ({
    alert: `kohakku/api/${check}/not-ready`,
    state: "inactive",
    severity: "critical",
    unknownSince: since,
    ...changes,
  }) as Alert;

describe("how a system is seen", () => {
  it("is whole when every planned check was swept and is known", () => {
    expect(signs(status())).toMatchObject({
      seen: true,
      checks: { planned: 4, fresh: 4, paused: 0 },
      live: { behindMs: 0, unknown: { count: 0, longestMs: 0 }, rows: { waiting: 4, dropped: 2 } },
    });
  });

  it("lacks the checks of a lane that has not been swept for three intervals", () => {
    const late = signs(status({}, { [SLOW]: 3 * SLOW + 6_000 }));
    expect(late).toMatchObject({
      seen: false,
      checks: { planned: 4, fresh: 3 },
      live: { behindMs: 2 * SLOW + 6_000 },
    });
  });

  it("lacks a check of which nothing is known, but not one whose subject is gone", () => {
    const alerts = [unknown("ready", NOW - 90_000), unknown("health", NOW - 500_000, { absent: true })];
    expect(signs(status({ alerts }))).toMatchObject({
      checks: { planned: 4, fresh: 3 },
      live: { unknown: { count: 1, longestMs: 90_000 } },
    });
  });

  it("does not plan for what is paused, be it a check or a service, as long as it is", () => {
    const pause = { by: "ada", at: 0, until: NOW + 1 };
    const check = signs(status({ pauses: [{ ...pause, service: "api", check: "ready" }] }));
    expect(check).toMatchObject({ checks: { planned: 3, fresh: 3, paused: 1 } });
    const service = signs(status({ pauses: [{ ...pause, service: "api" }] }));
    expect(service).toMatchObject({ checks: { planned: 0, paused: 4 } });
    const over = signs(status({ pauses: [{ ...pause, service: "ap", until: NOW - 1 }] }));
    expect(over).toMatchObject({ checks: { planned: 4 } });
    const other = signs(status({ pauses: [{ ...pause, service: "ap" }] }));
    expect(other).toMatchObject({ checks: { planned: 4 } });
  });

  it("says nothing of alerts when one of its monitors does not answer, and counts its checks as not fresh", () => {
    const silent: MonitorNow = { monitor: { system: "kohakku", shard: 1 }, asked: { state: "no-worker" } };
    const half = systemSigns("kohakku", [silent, answered(second)], PLAN, NOW);
    expect(half).toMatchObject({ seen: false, checks: { planned: 4, fresh: 1 } });
    expect(half.live).toBeUndefined();
  });

  it("says nothing of what is planned when nobody knows it", () => {
    expect(systemSigns("kohakku", [answered(second)], undefined, NOW).checks).toBeUndefined();
  });

  it("counts alerts by severity and state, the states that are not there as none", () => {
    const firing = { alert: "kohakku/api/ready/not-ready", state: "firing", severity: "warning" } as Alert;
    const { live } = signs(status({ alerts: [firing, firing] }));
    expect(live?.alerts.filter(({ count }) => count > 0)).toEqual([
      { severity: "warning", state: "firing", count: 2 },
    ]);
    expect(live?.alerts).toHaveLength(9);
  });
});
