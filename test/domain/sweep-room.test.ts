import { describe, expect, it } from "@jest/globals";

import { MAX_SUBJECT_LENGTH } from "../../src/domain/ids.js";
import { sweepInput } from "../../src/domain/monitor-machine.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import { MAX_ALERTS, overflowOf } from "../../src/domain/monitor-state.js";
import type { Verdict } from "../../src/domain/reading.js";
import type { SweepResult } from "../../src/domain/sweep.js";
import { encodeVerdicts } from "../../src/domain/sweep.js";
import { checksPlan, laneOf, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const KB = 1_024;
const CHECKS = Array.from({ length: 100 }, (_, index) => `service-${index % 10}/check-${index}`);
const slice = checksPlan(CHECKS, {
  rules: [rulePlan({ name: "slow", severity: "warning" }), rulePlan({ name: "down", forMs: 0, minBad: 1 })],
});

/** As many subjects as a check may have, each as long as one may be, under one rule of every check. */
function subjectsOf(rule: string): readonly string[] {
  return CHECKS.flatMap((check) =>
    Array.from(
      { length: 100 },
      (_, index) => `${check}/${rule}/${`${index}-`.padEnd(MAX_SUBJECT_LENGTH, "%C3%BC")}`,
    ),
  );
}

interface Seen {
  readonly alert: string;
  readonly verdict: Verdict;
  readonly ageMs: number;
  readonly reason: string;
}

/** Every one for a reason of its own. */
function all(alerts: readonly string[], verdict: Verdict, filler = "x"): readonly Seen[] {
  return alerts.map((alert) => ({
    alert,
    verdict,
    ageMs: 9_999,
    reason: `${alert.slice(0, 40)} ${filler.repeat(120)}`,
  }));
}

function resultOf(state: MonitorState, seen: readonly Seen[]): SweepResult {
  const { known } = sweepInput(state, slice, laneOf(slice), undefined, 0);
  return { stamp: Date.now(), ms: 12_345, checks: CHECKS.length, ...encodeVerdicts(slice, known, seen) };
}

/** The state after so many sweeps that all see the same. */
function after(seen: readonly Seen[], sweeps: number, from = planned(slice), begun = 0): MonitorState {
  const byAlert = Object.fromEntries(seen.map((each) => [each.alert, each]));
  let state = from;
  for (let index = 1; index <= sweeps; index += 1)
    state = sweep(state, slice, byAlert, begun + index * 15_000).state;
  return state;
}

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function counted(state: MonitorState, name: string): number {
  return Object.values(state.alerts).filter((each) => each.state === name).length;
}

describe("a sweep that sees more than fits (design section 4)", () => {
  const down = subjectsOf("down");
  const full = after(all(down, "bad"), 12);

  it("brings the monitor as many alerts as it holds, and the count of the others, within some sweeps", () => {
    expect(Object.keys(full.alerts)).toHaveLength(MAX_ALERTS);
    expect(overflowOf(full)).toBe(down.length - MAX_ALERTS);
    const first = after(all(down, "bad"), 1);
    expect(Object.keys(first.alerts).length + overflowOf(first)).toBe(down.length);
  });

  it.each([
    ["ASCII", "x"],
    ["two bytes a character", "ü"],
    ["four bytes a character", "😀"],
    ["control characters", "\u0001"],
  ])("carries less than 128 KB, whatever it sees and whatever is known, in %s", (_name, filler) => {
    for (const state of [planned(slice), after(all(down, "bad"), 3), full]) {
      for (const verdict of ["bad", "good"] as const) {
        expect(bytes(resultOf(state, all(down, verdict, filler)))).toBeLessThan(128 * KB);
      }
    }
  });

  it("says of everything that the monitor knows how it is, however much else there is", () => {
    expect(counted(full, "firing")).toBe(MAX_ALERTS);
    const others = down.filter((alert) => full.alerts[alert] === undefined);
    const over = after([...all(others, "bad"), ...all(Object.keys(full.alerts), "good")], 1, full, 600_000);
    expect(counted(over, "recovering")).toBe(MAX_ALERTS);
  });

  it("leaves out what matters least", () => {
    const state = after([...all(subjectsOf("slow"), "bad"), ...all(down.slice(0, 100), "bad")], 1);
    expect(Object.keys(state.alerts).filter((alert) => alert.includes("/down/"))).toHaveLength(100);
  });

  it("carries no more alerts than a monitor holds, however short their names are", () => {
    const alerts = Array.from({ length: 2_500 }, (_, index) => `${CHECKS[index % 100] ?? ""}/down/${index}`);
    const { verdicts, overflow } = resultOf(planned(slice), all(alerts, "bad"));
    expect(verdicts).toHaveLength(MAX_ALERTS);
    expect(overflow).toBe(500);
  });
});
