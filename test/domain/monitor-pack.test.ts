import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { foldTime, sweepInput } from "../../src/domain/monitor-machine.js";
import { packMonitor, type PackedMonitor, unpackMonitor } from "../../src/domain/monitor-pack.js";
import { addPause } from "../../src/domain/monitor-pauses.js";
import type { MonitorPlan } from "../../src/domain/monitor-plan.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import { newMonitor } from "../../src/domain/monitor-state.js";
import type { Verdict } from "../../src/domain/reading.js";
import type { Swept } from "../support/monitor-story.js";
import { checksPlan, laneOf, planned, sweep, SYSTEM } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const SECOND = 1_000;
const KB = 1_024;
const T0 = Date.parse("2026-03-01T12:00:00Z");

function carried(state: MonitorState): MonitorState {
  return unpackMonitor(JSON.parse(JSON.stringify(packMonitor(state))) as PackedMonitor);
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

describe("a packed monitor", () => {
  const rules = [
    rulePlan({ name: "down", forMs: 20_000 }),
    rulePlan({ name: "now", forMs: 0, minBad: 1 }),
    rulePlan({ name: "event", hold: 60_000 }),
    rulePlan({ name: "ever", hold: "until_ack" }),
  ];
  const slice = checksPlan(["api/ready", "db/up"], { rules });
  const alerts = ["api/ready", "db/up"].flatMap((check) =>
    rules.flatMap(({ name }) => [
      `${check}/${name}`,
      `${check}/${name}/host%2F1`,
      `${check}/${name}/host%2F2`,
    ]),
  );
  const steps = fc.record({
    waitMs: fc.constantFrom(1, 15_000, 70_000, 400_000),
    verdict: fc.constantFrom<Verdict>("bad", "bad", "good", "unknown", "absent"),
    which: fc.subarray(alerts),
    ageMs: fc.nat(5_000),
    reason: fc.oneof(fc.constantFrom("refused", "HTTP 503"), fc.string({ unit: "binary", maxLength: 40 })),
    isPaused: fc.boolean(),
  });

  it("is the same monitor, whatever has happened to it", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 25 }), (history) => {
        let state = planned(slice, T0);
        let now = T0;
        for (const { waitMs, verdict, which, ageMs, reason, isPaused } of history) {
          now += waitMs;
          const seen = Object.fromEntries(
            which.map((alert): [string, Swept] => [alert, { verdict, ageMs, reason }]),
          );
          state = foldTime(sweep(state, slice, seen, now).state, slice, now).state;
          const pause = { service: "db", by: "ada", at: now, until: now + 60_000 };
          if (isPaused) state = addPause(state, slice, pause, now).state;
        }
        expect(carried(state)).toEqual(state);
      }),
      { numRuns: 200 },
    );
  });

  it("of nothing is nothing", () => {
    expect(carried(newMonitor(SYSTEM))).toEqual(newMonitor(SYSTEM));
  });
});

/** Alerts spread over 500 checks, each with a reason of its own of 120 characters, all of which the monitor knows. */
function troubled(
  alerts: number,
  sweeps: number,
  last: Verdict = "bad",
): readonly [MonitorState, MonitorPlan] {
  const keys = Array.from({ length: 500 }, (_, index) => `service-${index % 50}/check-${index}`);
  const slice = checksPlan(keys, { rules: [rulePlan({ name: "not-ready", forMs: 20 * SECOND })] });
  const names = Array.from({ length: alerts }, (_, index) => {
    const subject = alerts > 500 ? `/subject-number-${Math.floor(index / 500)}` : "";
    return `${keys[index % 500] ?? ""}/not-ready${subject}`;
  });
  let state = planned(slice, T0);
  for (let index = 1; index <= sweeps; index += 1) {
    const verdict = index === sweeps ? last : "bad";
    const seen = names.map((alert, at): [string, Swept] => [
      alert,
      { verdict, ageMs: (at * 37) % 9_000, reason: alert },
    ]);
    state = sweep(state, slice, Object.fromEntries(seen), T0 + index * 15 * SECOND).state;
  }
  const known = Object.entries(state.alerts).map(([alert, record]) => [
    alert,
    { ...record, reason: `${alert} `.padEnd(120, "answered 503 want 200 ") },
  ]);
  return [{ ...state, tellings: {}, alerts: Object.fromEntries(known) as MonitorState["alerts"] }, slice];
}

describe("what is carried over continue-as-new (design section 4)", () => {
  it.each([
    ["500 firing", 500, 4, "bad", "firing", 100],
    ["500 pending", 500, 2, "bad", "pending", 100],
    ["2,000 firing", 2_000, 4, "bad", "firing", 200],
    ["2,000 pending", 2_000, 2, "bad", "pending", 200],
    ["2,000 recovering", 2_000, 5, "good", "recovering", 200],
    ["2,000 unknown while they fire", 2_000, 5, "unknown", "firing", 200],
  ] as const)("is small: %s with long reasons of their own", (_name, alerts, sweeps, last, name, limitKb) => {
    const [state] = troubled(alerts, sweeps, last);
    expect(Object.keys(state.alerts)).toHaveLength(alerts);
    expect(Object.values(state.alerts).every((record) => record.state === name)).toBe(true);
    expect(bytes(packMonitor(state))).toBeLessThan(limitKb * KB);
  });

  it("is small also while all of it is paused", () => {
    const [state, slice] = troubled(0, 1);
    const pause = { by: "ada", at: T0, until: T0 + 60_000 };
    const paused = addPause(state, slice, pause, T0).state;
    expect(paused.unswept).toHaveLength(500);
    expect(bytes(packMonitor(paused))).toBeLessThan(12 * KB);
    expect(new Set(carried(paused).unswept)).toEqual(new Set(paused.unswept));
  });

  it("keeps everything but the ends of reasons", () => {
    const [state] = troubled(2_000, 4);
    const back = carried(state);
    const withoutReasons = ({ alerts }: MonitorState) =>
      Object.fromEntries(Object.entries(alerts).map(([key, record]) => [key, { ...record, reason: "" }]));
    expect(withoutReasons(back)).toEqual(withoutReasons(state));
    for (const [key, record] of Object.entries(back.alerts)) {
      const before = state.alerts[key];
      if (record.state === "inactive" || before === undefined || before.state === "inactive")
        throw new Error(key);
      expect(record.reason.length).toBeGreaterThanOrEqual(Math.min(8, before.reason.length));
      expect(before.reason.startsWith(record.reason.replace(/…$/, ""))).toBe(true);
    }
  });

  it("has the next sweeps bring the reasons again that were cut", () => {
    const [state, slice] = troubled(2_000, 4);
    const back = carried(state);
    const now = T0 + 3_600 * SECOND;
    const before = sweepInput(state, slice, laneOf(slice), undefined, now).known;
    const after = sweepInput(back, slice, laneOf(slice), undefined, now).known;
    expect(new Set(Object.keys(after))).toEqual(new Set(Object.keys(before)));
    expect(Object.entries(after).some(([place, print]) => before[place] !== print)).toBe(true);
  });
});
