import { describe, expect, it } from "@jest/globals";

import { BLIND_SERVICE, blindSlice, isBlindAlert, syncBlindness } from "../../src/domain/blindness.js";
import type { AlertId } from "../../src/domain/ids.js";
import { foldTime, release, takePlan } from "../../src/domain/monitor-machine.js";
import type { MonitorPlan } from "../../src/domain/monitor-plan.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import type { Swept } from "../support/monitor-story.js";
import { checksPlan, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const keys = Array.from({ length: 40 }, (_, index) => `api/check-${index}`);
const slice = checksPlan(keys, { everyMs: 60 * MINUTE });
const warnings = checksPlan(keys, { everyMs: 60 * MINUTE, rules: [rulePlan({ severity: "warning" })] });

function alertOf(index: number): string {
  return `api/check-${index}/not-ready`;
}

/** Unknown for these reasons, from `at` on. */
function unknown(reasons: readonly string[], at: number, from = planned(slice), under = slice): MonitorState {
  const seen = Object.fromEntries(
    reasons.map((reason, index): [string, Swept] => [alertOf(index), { verdict: "unknown", reason }]),
  );
  return sweep(from, under, seen, at).state;
}

function at(state: MonitorState, now: number, under: MonitorPlan = slice): MonitorState {
  return syncBlindness(foldTime(state, under, now).state, under, now);
}

const same = unknown(["missing secret", "missing secret", "missing secret"], SECOND);

describe("blindness (lifecycle 4 and 9)", () => {
  it("is raised after `unknown_for`, once for each cause and not once for each alert", () => {
    expect(at(same, 5 * MINUTE).blind).toEqual({});
    const blind = at(same, 5 * MINUTE + SECOND);
    expect(blindSlice(blind)).toEqual([
      {
        alert: "tocsin/blind/missing-secret/unknown/kohakku",
        episode: 301,
        severity: "critical",
        state: "firing",
        since: SECOND,
        firedAt: 301 * SECOND,
        bad: 0,
        unknownSince: SECOND,
        reason: "nothing is known of 3 alerts of kohakku: missing secret",
      },
    ]);
    expect(blind.tellings[BLIND_SERVICE]).toMatchObject({ dirty: true });
    expect(at({ ...blind, tellings: {} }, 6 * MINUTE).tellings).toEqual({});
  });

  it("tells causes apart by their words, not by their numbers", () => {
    const state = unknown(["no route to 10.0.0.1", "no route to 10.0.0.23", "missing secret", "€€€"], SECOND);
    expect(Object.keys(at(state, 6 * MINUTE).blind).sort()).toEqual([
      "missing-secret",
      "no-data",
      "no-route-to-n-n-n-n",
    ]);
  });

  it("has the highest severity that it blinds, and says when that changes", () => {
    const low = at(unknown(["missing secret"], SECOND, planned(warnings), warnings), 6 * MINUTE, warnings);
    expect(blindSlice(low)[0]?.severity).toBe("warning");
    const raised = syncBlindness({ ...low, tellings: {} }, slice, 7 * MINUTE);
    expect(blindSlice(raised)[0]).toMatchObject({ severity: "critical", firedAt: 6 * MINUTE });
    expect(raised.tellings[BLIND_SERVICE]?.dirty).toBe(true);
  });

  it("lasts since the first of what it hides, in whatever order that is remembered", () => {
    const seen = { [alertOf(0)]: { verdict: "unknown", reason: "missing secret" } } as const;
    const both = sweep(
      unknown(["", "missing secret"], SECOND),
      slice,
      { [alertOf(0)]: "good" },
      2 * SECOND,
    ).state;
    const later = sweep(both, slice, seen, 3 * SECOND).state;
    expect(at(later, 10 * MINUTE).blind["missing-secret"]).toMatchObject({ hidden: 2, since: SECOND });
    expect(at(sweep(same, slice, seen, MINUTE).state, 10 * MINUTE).blind["missing-secret"]?.since).toBe(
      SECOND,
    );
  });

  it("is not raised for what is never sent", () => {
    const info = checksPlan(keys, { everyMs: 60 * MINUTE, rules: [rulePlan({ severity: "info" })] });
    expect(at(unknown(["x"], SECOND, planned(info), info), 6 * MINUTE, info).blind).toEqual({});
  });

  it("ends when all of it is known again, and its incident hears that", () => {
    const blind = { ...at(same, 6 * MINUTE), tellings: {} };
    const some = sweep(blind, slice, { [alertOf(0)]: "good" }, 7 * MINUTE).state;
    expect(syncBlindness(some, slice, 7 * MINUTE).blind["missing-secret"]).toMatchObject({ hidden: 2 });
    const all = sweep(
      blind,
      slice,
      { [alertOf(0)]: "good", [alertOf(1)]: "bad", [alertOf(2)]: "good" },
      7 * MINUTE,
    ).state;
    const over = syncBlindness(all, slice, 7 * MINUTE);
    expect(over.blind).toEqual({});
    expect(over.tellings[BLIND_SERVICE]).toMatchObject({
      dirty: true,
      ended: [
        { alert: "tocsin/blind/missing-secret/unknown/kohakku", end: "recovered", resolvedAt: 7 * MINUTE },
      ],
    });
  });

  it("ends with the rules that it hid", () => {
    const blind = at(same, 6 * MINUTE);
    const { state } = takePlan(blind, checksPlan(["api/other"]), () => 0, 7 * MINUTE);
    expect(syncBlindness(state, checksPlan(["api/other"]), 7 * MINUTE).blind).toEqual({});
  });

  it("never floods: after twenty causes the others are one", () => {
    const words = keys.map(
      (_, index) => `cause ${String.fromCharCode(97 + (index % 26))}${"x".repeat(1 + index / 26)}`,
    );
    const blind = at(unknown(words, SECOND), 6 * MINUTE);
    expect(Object.keys(blind.blind)).toHaveLength(21);
    expect(blind.blind["other-causes"]?.hidden).toBe(20);
    expect(at({ ...blind, tellings: {} }, 7 * MINUTE)).toEqual({ ...blind, tellings: {} });
  });

  it("changes nothing when nothing is unknown", () => {
    const state = planned(slice);
    expect(syncBlindness(state, slice, SECOND)).toBe(state);
  });
});

describe("what finds no room", () => {
  it("is one unknown alert that says so", () => {
    const full = sweep(planned(slice), slice, {}, SECOND, { result: { overflow: 12 } }).state;
    const blind = syncBlindness(full, slice, SECOND);
    expect(blindSlice(blind)).toMatchObject([
      {
        alert: "tocsin/blind/overflow/unknown/kohakku",
        severity: "warning",
        since: SECOND,
        reason: "nothing is known of 12 alerts of kohakku: more subjects or alerts than this monitor holds",
      },
    ]);
    expect(blindSlice(syncBlindness(blind, slice, MINUTE))[0]).toMatchObject({
      since: SECOND,
      firedAt: SECOND,
    });
    const room = sweep(blind, slice, {}, 2 * MINUTE).state;
    expect(syncBlindness(room, slice, 2 * MINUTE).blind).toEqual({});
  });

  it("is over with the lane that had no room for it, and its incident hears that", () => {
    const full = sweep(planned(slice), slice, {}, SECOND, { result: { overflow: 12 } }).state;
    const blind = syncBlindness(full, slice, SECOND);
    const none = checksPlan([]);
    const left = syncBlindness(takePlan(blind, none, () => 0, MINUTE).state, none, MINUTE);
    expect(left.blind).toEqual({});
    expect(left.tellings[BLIND_SERVICE]?.ended).toMatchObject([
      { alert: "tocsin/blind/overflow/unknown/kohakku", end: "recovered" },
    ]);
  });
});

describe("a cause that somebody resolved by hand", () => {
  const alert = "tocsin/blind/missing-secret/unknown/kohakku" as AlertId;
  const blind = at(same, 6 * MINUTE);
  const released = release(
    { ...blind, tellings: {} },
    slice,
    { service: "blind", alerts: [{ alert, episode: 360 }], all: false },
    7 * MINUTE,
  ).state;

  it("is over, and said to be released", () => {
    expect(isBlindAlert(alert)).toBe(true);
    expect(blindSlice(released)).toEqual([]);
    expect(released.tellings[BLIND_SERVICE]).toMatchObject({
      dirty: true,
      ended: [{ alert, end: "released" }],
    });
  });

  it("is raised anew after five minutes when it still hides alerts", () => {
    const quiet = syncBlindness({ ...released, tellings: {} }, slice, 11 * MINUTE);
    expect(blindSlice(quiet)).toEqual([]);
    expect(quiet.tellings).toEqual({});
    const again = syncBlindness(quiet, slice, 12 * MINUTE);
    expect(blindSlice(again)).toMatchObject([{ alert, firedAt: 12 * MINUTE }]);
    expect(again.tellings[BLIND_SERVICE]?.dirty).toBe(true);
  });

  it("is forgotten without another word when it is known again meanwhile", () => {
    const seen = { [alertOf(0)]: "good", [alertOf(1)]: "good", [alertOf(2)]: "good" } as const;
    const known = sweep({ ...released, tellings: {} }, slice, seen, 8 * MINUTE).state;
    const over = syncBlindness(known, slice, 8 * MINUTE);
    expect([over.blind, over.tellings]).toEqual([{}, {}]);
  });

  it("of another time is not touched", () => {
    expect(
      release(blind, slice, { service: "blind", alerts: [{ alert, episode: 7 }], all: false }, 7 * MINUTE)
        .state,
    ).toEqual(blind);
  });
});
