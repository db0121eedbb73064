import { describe, expect, it } from "@jest/globals";

import type { AlertId } from "../../src/domain/ids.js";
import type { MeantEpisodes } from "../../src/domain/monitor-machine.js";
import {
  acknowledged,
  foldSweep,
  foldTime,
  release,
  sweepInput,
  takePlan,
} from "../../src/domain/monitor-machine.js";
import { addPause } from "../../src/domain/monitor-pauses.js";
import type { MonitorPlan } from "../../src/domain/monitor-plan.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import { MAX_ALERTS, newMonitor, overflowOf } from "../../src/domain/monitor-state.js";
import { reasonFingerprint } from "../../src/domain/sweep.js";
import { monitorDue } from "../support/monitor-due.js";
import { checksPlan, laneOf, planned, sliced, sweep } from "../support/monitor-story.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const slice = checksPlan(["api/ready", "db/up"], { rules: [rulePlan()] });
const READY = "api/ready/not-ready";
const UP = "db/up/not-ready";

/** Bad from 0:15 on, and confirmed at 2:15. */
function firing(seen: readonly string[] = [READY], under: MonitorPlan = slice): MonitorState {
  const bad = Object.fromEntries(seen.map((alert) => [alert, "bad" as const]));
  let state = planned(under);
  for (let at = 15 * SECOND; at <= 135 * SECOND; at += 15 * SECOND)
    state = sweep(state, under, bad, at).state;
  return state;
}

describe("taking a plan", () => {
  it("gives every lane a clock, and keeps the clocks there are", () => {
    const first = takePlan(newMonitor("kohakku"), slice, () => 700, 1_000).state;
    expect(first.lanes).toEqual({ "15000": { anchor: 1_700, next: 1_700 } });
    const swept = sweep(first, slice, {}, 9_000).state;
    const other = sliced(
      plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "slow", everyMs: 60_000 })] })]),
    );
    expect(takePlan(swept, other, () => 0, 20_000).state.lanes).toEqual({
      "15000": { anchor: 1_700, next: 1_700, sweptAt: 9_000 },
      "60000": { anchor: 20_000, next: 20_000 },
    });
  });

  it.each<readonly [string, MonitorPlan, string]>([
    [
      "rule deleted",
      checksPlan(["api/ready", "db/up"], { rules: [rulePlan({ name: "other" })] }),
      "rule deleted",
    ],
    ["check removed", checksPlan(["db/up"], { rules: [rulePlan()] }), "check removed"],
  ])("ends what fires with the reason: %s", (_name, under, end) => {
    const { state, effects } = takePlan(firing(), under, () => 0, 200 * SECOND);
    expect(state.alerts).toEqual({});
    expect(effects).toMatchObject([
      {
        effect: "transition",
        alert: READY,
        transition: { to: "inactive", end },
        rule: { severity: "critical" },
      },
    ]);
    expect(state.tellings.api).toMatchObject({ dirty: true, ended: [{ end, severity: "critical" }] });
  });

  it("drops what was pending without a word", () => {
    const state = sweep(planned(slice), slice, { [READY]: "bad" }, 15 * SECOND).state;
    const { state: next, effects } = takePlan(state, checksPlan(["db/up"]), () => 0, 20 * SECOND);
    expect(effects).toEqual([]);
    expect(next.alerts).toEqual({});
    expect(next.tellings).toEqual({});
  });

  it("keeps state and clocks of what is still there, and tells nobody for nothing", () => {
    const state = { ...firing(), tellings: {} };
    expect(takePlan(state, slice, () => 0, 200 * SECOND)).toEqual({ state, effects: [] });
  });

  it.each([
    ["warning", "critical", "critical", true],
    ["critical", "warning", "critical", false],
    ["critical", "info", "critical", false],
    ["info", "warning", "warning", true],
  ] as const)("%s made %s by configuration is told as %s at once: %s", (from, to, told, isDirty) => {
    const before = checksPlan(["api/ready"], { rules: [rulePlan({ severity: from })] });
    const after = checksPlan(["api/ready"], { rules: [rulePlan({ severity: to })] });
    const { state } = takePlan({ ...firing([READY], before), tellings: {} }, after, () => 0, 200 * SECOND);
    expect(state.alerts[READY]).toMatchObject({ state: "firing", severity: told });
    expect(state.tellings.api?.dirty ?? false).toBe(isDirty);
  });
});

describe("what a sweep is asked", () => {
  it("names what the monitor knows, with the fingerprint of its reason", () => {
    const state = sweep(planned(slice), slice, { [READY]: "bad", [UP]: "unknown" }, SECOND).state;
    expect(sweepInput(state, slice, laneOf(slice), undefined, 2 * SECOND)).toEqual({
      system: "kohakku",
      shard: 1,
      revision: slice.revision,
      lane: "15000",
      known: { "0.0": reasonFingerprint(`bad at ${READY}`), "1.0": reasonFingerprint(`unknown at ${UP}`) },
    });
  });

  it("of some checks names only what is known of those", () => {
    const state = sweep(planned(slice), slice, { [READY]: "bad", [UP]: "bad" }, SECOND).state;
    const input = sweepInput(state, slice, laneOf(slice), ["db/up"], 2 * SECOND);
    expect(Object.keys(input.known)).toEqual(["1.0"]);
    expect(input.only).toEqual(["db/up"]);
  });

  it("skips what is paused", () => {
    const { state } = addPause(planned(slice), slice, { service: "db", by: "ada", at: 0, until: MINUTE }, 0);
    expect(sweepInput(state, slice, laneOf(slice), undefined, SECOND).skip).toEqual(["db/up"]);
    expect(sweepInput(state, slice, laneOf(slice), undefined, MINUTE).skip).toBeUndefined();
  });
});

describe("what a sweep brings", () => {
  it("is dated by when its probes ended, never before it was launched and never after now", () => {
    const seen = {
      [READY]: { verdict: "bad", ageMs: 2_500 },
      [UP]: { verdict: "bad", ageMs: 99_000 },
    } as const;
    const { state } = sweep(planned(slice), slice, seen, 20 * SECOND, { begunAt: 15 * SECOND });
    expect(state.alerts).toMatchObject({ [READY]: { since: 17_500 }, [UP]: { since: 15_000 } });
    const future = sweep(planned(slice), slice, { [READY]: "bad" }, 20 * SECOND, {
      result: { verdicts: [["0.0", "b", -50_000]] },
    });
    expect(future.state.alerts[READY]).toMatchObject({ since: 20 * SECOND });
  });

  it("says until when it was good, for what the monitor had nothing against", () => {
    const once = sweep(planned(slice), slice, {}, 15 * SECOND).state;
    const bad = sweep(once, slice, { [READY]: "bad" }, 30 * SECOND).state;
    expect(bad.alerts[READY]).toMatchObject({ lastGoodAt: 15 * SECOND });
    const unknown = sweep(once, slice, { [READY]: "unknown" }, 30 * SECOND).state;
    const later = sweep(unknown, slice, { [READY]: "bad" }, 45 * SECOND).state;
    expect(later.alerts[READY]).not.toHaveProperty("lastGoodAt");
    const never = sweep(planned(slice), slice, { [READY]: "bad" }, 15 * SECOND).state;
    expect(never.alerts[READY]).not.toHaveProperty("lastGoodAt");
  });

  describe("does not say until when it was good", () => {
    const bad = (state: MonitorState, under: MonitorPlan, now: number, begunAt = now): MonitorState =>
      sweep(state, under, { [READY]: "bad", [UP]: "bad" }, now, { begunAt }).state;
    const once = sweep(planned(slice), slice, {}, 15 * SECOND).state;
    const lastGood = (state: MonitorState): readonly unknown[] =>
      [READY, UP].map(
        (alert) => (state.alerts[alert] as { readonly lastGoodAt?: number } | undefined)?.lastGoodAt,
      );

    it.each<readonly [string, MonitorPlan]>([
      ["a check that was added", checksPlan(["db/up"], { rules: [rulePlan()] })],
      [
        "a check that was in another lane",
        sliced(
          plan([
            servicePlan({ name: "api", checks: [checkPlan({ everyMs: 60_000 })] }),
            servicePlan({ name: "db", checks: [checkPlan({ name: "up" })] }),
          ]),
        ),
      ],
      [
        "a rule that was added",
        sliced(
          plan([
            servicePlan({ name: "api", checks: [checkPlan({ rules: [rulePlan({ name: "other" })] })] }),
            servicePlan({ name: "db", checks: [checkPlan({ name: "up" })] }),
          ]),
        ),
      ],
    ])("for %s, before the whole lane has been swept with it", (_name, before) => {
      const old = sweep(planned(before), before, {}, 15 * SECOND).state;
      const { state } = takePlan(old, slice, () => 0, 20 * SECOND, before);
      expect(lastGood(bad(state, slice, 30 * SECOND))).toEqual([undefined, 15 * SECOND]);
      const swept = sweep(state, slice, {}, 30 * SECOND).state;
      expect(lastGood(bad(swept, slice, 45 * SECOND))).toEqual([30 * SECOND, 30 * SECOND]);
    });

    it("for a check that was paused, before the whole lane has been swept with it", () => {
      const pause = { service: "api", by: "ada", at: 20 * SECOND, until: 50 * SECOND };
      const paused = addPause(once, slice, pause, 20 * SECOND).state;
      const swept = sweep(paused, slice, {}, 30 * SECOND).state;
      const resumed = foldTime(swept, slice, 50 * SECOND).state;
      expect(lastGood(bad(resumed, slice, 60 * SECOND))).toEqual([undefined, 30 * SECOND]);
      const probed = sweep(resumed, slice, {}, 50 * SECOND, { only: ["api/ready"] }).state;
      expect(lastGood(bad(probed, slice, 60 * SECOND))).toEqual([undefined, 30 * SECOND]);
      const again = sweep(resumed, slice, {}, 60 * SECOND).state;
      expect(lastGood(bad(again, slice, 75 * SECOND))).toEqual([60 * SECOND, 60 * SECOND]);
    });

    it("because of a sweep that was launched while it was paused", () => {
      const pause = { service: "api", by: "ada", at: 20 * SECOND, until: 50 * SECOND };
      const paused = addPause(once, slice, pause, 20 * SECOND).state;
      const input = sweepInput(paused, slice, laneOf(slice), undefined, 49 * SECOND);
      const resumed = foldTime(paused, slice, 50 * SECOND).state;
      const result = { stamp: 0, ms: 0, checks: 1, verdicts: [], reasons: [] };
      const late = foldSweep(resumed, slice, input, result, 49 * SECOND, 51 * SECOND).state;
      expect(lastGood(bad(late, slice, 60 * SECOND))).toEqual([undefined, 51 * SECOND]);
    });

    it("and forgets what the plan does not have any more", () => {
      const only = checksPlan(["db/up"], { rules: [rulePlan()] });
      const { state } = takePlan(planned(only), slice, () => 0, 20 * SECOND, only);
      expect(state.unswept).toEqual(["api/ready"]);
      expect(takePlan(state, only, () => 0, 30 * SECOND, slice).state.unswept).toEqual([]);
    });
  });

  it("keeps the reason that it did not say again", () => {
    let state = sweep(
      planned(slice),
      slice,
      { [READY]: { verdict: "bad", reason: "HTTP 503" } },
      15 * SECOND,
    ).state;
    state = sweep(state, slice, { [READY]: { verdict: "bad", reason: "HTTP 503" } }, 30 * SECOND).state;
    expect(state.alerts[READY]).toMatchObject({ bad: 2, reason: "HTTP 503", stamp: 30 * SECOND });
  });

  it("has a reason even when it brought none", () => {
    const { state } = sweep(planned(slice), slice, { [READY]: { verdict: "bad", reason: "" } }, SECOND);
    expect(state.alerts[READY]).toMatchObject({ reason: "no reason came with it" });
  });

  it("is not judged for checks that were paused while it was under way", () => {
    const { state } = addPause(
      planned(slice),
      slice,
      { service: "api", by: "ada", at: SECOND, until: MINUTE },
      SECOND,
    );
    const swept = sweep(state, slice, { [READY]: "bad", [UP]: "bad" }, 2 * SECOND, { begunAt: 500 }).state;
    expect(Object.keys(swept.alerts)).toEqual([UP]);
  });

  it("of rules that the plan has lost is left out", () => {
    const input = sweepInput(planned(slice), slice, laneOf(slice), undefined, 0);
    const result = { stamp: 0, ms: 0, checks: 1, verdicts: [["7.0", "b", 0] as const], reasons: [] };
    expect(foldSweep(planned(slice), slice, input, result, 0, SECOND).state.alerts).toEqual({});
  });

  it("of a lane that is gone is judged all the same, and gives no clock to it", () => {
    const input = { ...sweepInput(planned(slice), slice, laneOf(slice), undefined, 0), lane: "gone" };
    const result = { stamp: 0, ms: 0, checks: 1, verdicts: [["0.0", "b", 0] as const], reasons: [] };
    const { state } = foldSweep(planned(slice), slice, input, result, 0, SECOND);
    expect(Object.keys(state.alerts)).toEqual([READY]);
    expect(Object.keys(state.lanes)).toEqual(["15000"]);
  });

  it("confirms at the deadline: the check is probed at once, and a fresh bad reading fires", () => {
    const bad = { [READY]: "bad" } as const;
    let state = planned(slice);
    for (let at = 15; at < 135; at += 15) state = sweep(state, slice, bad, at * SECOND).state;
    expect(monitorDue(state, slice)).toEqual({
      at: 135 * SECOND,
      what: "page if api/ready/not-ready is still bad",
    });
    const asked = foldTime(state, slice, 135 * SECOND);
    expect(asked.effects).toEqual([{ effect: "confirm", alert: READY }]);
    const fired = sweep(asked.state, slice, bad, 136 * SECOND, {
      only: ["api/ready"],
      begunAt: 135 * SECOND,
    });
    expect(fired.effects).toMatchObject([{ effect: "transition", transition: { to: "firing" } }]);
    expect(fired.state.lanes["15000"]?.sweptAt).toBe(120 * SECOND);
  });
});

describe("a lane whose sweeps do not come back", () => {
  // Three intervals and a timeout.
  const staleAt = 50 * SECOND;

  it("is unknown as a whole, once, until one comes back", () => {
    const state = planned(slice);
    expect(monitorDue(state, slice)).toEqual({ at: staleAt, what: "no sweep of lane 15000 has come back" });
    expect(foldTime(state, slice, staleAt - 1).state).toEqual(state);
    const stale = foldTime(state, slice, staleAt).state;
    expect(stale.lanes["15000"]).toMatchObject({ stale: true });
    expect(Object.values(stale.alerts)).toMatchObject([
      {
        state: "inactive",
        unknownSince: staleAt,
        unknownReason: "no sweep has come back: no worker probes it",
      },
      { state: "inactive", unknownSince: staleAt },
    ]);
    expect(foldTime(stale, slice, 2 * staleAt).state).toEqual(stale);
    const back = sweep(stale, slice, { [READY]: "good", [UP]: "good" }, 2 * staleAt).state;
    expect(back.alerts).toEqual({});
    expect(back.lanes["15000"]).toEqual({ anchor: 0, next: 0, sweptAt: 2 * staleAt });
  });

  it("covers subjects that are remembered, and nothing that is paused", () => {
    const subject = `${READY}/host-1`;
    const pending = sweep(planned(slice), slice, { [subject]: "bad" }, SECOND).state;
    const paused = addPause(
      pending,
      slice,
      { service: "db", by: "ada", at: SECOND, until: 60 * MINUTE },
      SECOND,
    ).state;
    const stale = foldTime(paused, slice, MINUTE).state;
    expect(Object.keys(stale.alerts).sort()).toEqual([READY, subject]);
    expect(stale.alerts[subject]).toMatchObject({ state: "pending", unknownSince: MINUTE });
  });

  it("leaves what fires firing", () => {
    const stale = foldTime(firing(), slice, 10 * MINUTE).state;
    expect(stale.alerts[READY]).toMatchObject({ state: "firing", unknownSince: 10 * MINUTE });
    expect(stale.tellings.api?.dirty).toBe(true);
  });

  it("is not ended by a single check that was probed", () => {
    const stale = foldTime(planned(slice), slice, MINUTE).state;
    const probed = sweep(stale, slice, { [READY]: "good" }, 70 * SECOND, { only: ["api/ready"] }).state;
    expect(probed.lanes["15000"]).toMatchObject({ stale: true });
  });
});

describe("what is due next", () => {
  it("gathers what fails together, so that it is told together", () => {
    const { state } = sweep(
      planned(slice),
      slice,
      { [READY]: { verdict: "bad", ageMs: 200 }, [UP]: "bad" },
      SECOND,
      { begunAt: 0 },
    );
    expect(monitorDue(sweep(state, slice, {}, 110 * SECOND).state, slice)).toEqual({
      at: 121 * SECOND,
      what: "page if api/ready/not-ready (and 1 more) is still bad",
    });
  });

  it.each([
    ["tell", "warning", "tell if api/ready/not-ready is still bad"],
    ["page", "critical", "page if api/ready/not-ready is still bad"],
  ] as const)("says whether it would %s", (_name, severity, what) => {
    const under = checksPlan(["api/ready"], { rules: [rulePlan({ severity, forMs: 10 * SECOND })] });
    const { state } = sweep(planned(under), under, { [READY]: "bad" }, SECOND);
    expect(monitorDue(state, under)?.what).toBe(what);
  });

  it("names the end of a recovery, of a hold, of a pause, and the next telling", () => {
    const recovering = sweep(firing(), slice, { [READY]: "good" }, 150 * SECOND).state;
    expect(monitorDue({ ...recovering, lanes: {} }, slice)).toEqual({
      at: 210 * SECOND,
      what: "resolve api/ready/not-ready if it is still good",
    });
    const events = checksPlan(["api/ready"], { rules: [rulePlan({ hold: 15 * MINUTE })] });
    const held = sweep(planned(events), events, { [READY]: "bad" }, SECOND).state;
    expect(monitorDue({ ...held, lanes: {} }, events)).toEqual({
      at: SECOND + 15 * MINUTE,
      what: "the hold of api/ready/not-ready is over",
    });
    const paused = addPause(
      planned(slice),
      slice,
      { service: "db", by: "ada", at: 0, until: SECOND },
      0,
    ).state;
    expect(monitorDue(paused, slice)).toEqual({ at: SECOND, what: "the pause of db by ada ends" });
    const unknown = sweep(planned(slice), slice, { [READY]: "unknown" }, SECOND).state;
    expect(monitorDue({ ...unknown, lanes: {} }, slice)?.what).toBe(`${READY}: still nothing known`);
    const told = {
      ...planned(slice),
      lanes: {},
      tellings: { api: { dirty: false, known: true, refreshAt: 9, ended: [] } },
    };
    expect(monitorDue(told, slice)).toEqual({ at: 9, what: "tell the incident of api again" });
  });

  it("is nothing for a monitor that watches nothing", () => {
    expect(monitorDue(newMonitor("kohakku"), sliced(plan([])))).toBeUndefined();
  });
});

describe("released and acknowledged by an incident", () => {
  const named = (alert: string, episode: number) => [{ alert: `kohakku/${alert}` as AlertId, episode }];
  const api = (alerts: MeantEpisodes["alerts"], all = false): MeantEpisodes => ({
    service: "api",
    alerts,
    all,
  });
  const both = firing([READY, UP]);

  it("ends the episodes that are named", () => {
    const { state, effects } = release(both, slice, api(named(READY, 135)), 200 * SECOND);
    expect(effects).toMatchObject([{ alert: READY, transition: { end: "released", episode: 135 } }]);
    expect(state.alerts).toMatchObject({ [READY]: { state: "inactive" }, [UP]: { state: "firing" } });
  });

  it("ends all of the service when it says so, and nothing of another one", () => {
    const { state } = release(both, slice, api([], true), 200 * SECOND);
    expect(state.alerts).toMatchObject({ [READY]: { state: "inactive" }, [UP]: { state: "firing" } });
  });

  it.each([
    ["another episode", named(READY, 7)],
    ["an alert that does not fire", named("api/ready/other", 135)],
    ["an alert of another system", [{ alert: `koda/${READY}` as AlertId, episode: 135 }]],
  ])("does nothing to %s", (_name, alerts) => {
    expect(release(both, slice, api(alerts), 200 * SECOND)).toEqual({ state: both, effects: [] });
    expect(acknowledged(both, slice, api(alerts), 200 * SECOND)).toEqual({ state: both, effects: [] });
  });

  it("an acknowledgement ends what holds until then", () => {
    const events = checksPlan(["api/ready"], { rules: [rulePlan({ hold: "until_ack" })] });
    let held = sweep(planned(events), events, { [READY]: "bad" }, SECOND).state;
    held = sweep(held, events, { [READY]: "good" }, 16 * SECOND).state;
    const { effects } = acknowledged(held, events, api(named(READY, 1)), 20 * SECOND);
    expect(effects).toMatchObject([{ transition: { end: "hold over" } }]);
  });

  it("an acknowledgement of all ends also what holds beyond the list, and nothing of another service", () => {
    const events = checksPlan(["api/ready", "db/up"], { rules: [rulePlan({ hold: "until_ack" })] });
    const alerts = [...Array.from({ length: 60 }, (_, index) => `${READY}/s${index}`), UP];
    const seen = (verdict: "bad" | "good") => Object.fromEntries(alerts.map((alert) => [alert, verdict]));
    const held = sweep(
      sweep(planned(events), events, seen("bad"), SECOND).state,
      events,
      seen("good"),
      MINUTE,
    );
    const listed = alerts.slice(0, 50).flatMap((alert) => named(alert, 1));
    const { state, effects } = acknowledged(held.state, events, api(listed, true), 2 * MINUTE);
    expect(effects).toHaveLength(60);
    expect(Object.keys(state.alerts)).toEqual([UP]);
  });
});

describe("more than a monitor holds", () => {
  const seen = Object.fromEntries(
    Array.from({ length: MAX_ALERTS + 30 }, (_, index) => [`${READY}/s${index}`, "bad" as const]),
  );

  it("is counted and not held, and counted anew with every sweep", () => {
    let state = sweep(planned(slice), slice, seen, 15 * SECOND).state;
    state = sweep(state, slice, seen, 30 * SECOND).state;
    expect(Object.keys(state.alerts)).toHaveLength(MAX_ALERTS);
    expect(overflowOf(state)).toBe(30);
    expect(overflowOf(sweep(state, slice, {}, 45 * SECOND).state)).toBe(0);
  });

  it("is the sum of what every lane could not hold", () => {
    const two = sliced(
      plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "slow", everyMs: 60_000 })] })]),
    );
    let state = sweep(planned(two), two, {}, 15 * SECOND, { result: { overflow: 7 } }).state;
    state = sweep(state, two, {}, 16 * SECOND, { lane: laneOf(two, 1), result: { overflow: 5 } }).state;
    expect(overflowOf(state)).toBe(12);
    expect(overflowOf(sweep(state, two, {}, 30 * SECOND).state)).toBe(5);
  });
});
