import { describe, expect, it } from "@jest/globals";

import { MAX_MEMBERS } from "../../src/domain/members.js";
import type { MonitorState } from "../../src/domain/monitor-state.js";
import {
  dirtyService,
  dueTellings,
  foldTold,
  REFRESH_MS,
  sendingTo,
  sliceOf,
} from "../../src/domain/telling.js";
import { checksPlan, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const SECOND = 1_000;
const rules = [
  rulePlan({ name: "down", minBad: 1, forMs: 0, recoverAfter: 1, recoverForMs: 0 }),
  rulePlan({ name: "slow", minBad: 1, forMs: 0, severity: "warning" }),
  rulePlan({ name: "odd", minBad: 1, forMs: 0, severity: "info" }),
];
const slice = checksPlan(["api/ready", "db/up"], { rules });
const DOWN = "api/ready/down";
const down = sweep(planned(slice), slice, { [DOWN]: "bad" }, SECOND).state;

/** As the workflow does: takes what is due, sends it, and folds what came of it. */
function tell(
  state: MonitorState,
  service: string,
  now: number,
  meanwhile?: (state: MonitorState) => MonitorState,
): MonitorState {
  const ended = state.tellings[service]?.ended ?? [];
  const { list } = sliceOf(state, slice, service);
  const sent = sendingTo(state, service, state.tellSeq + 1);
  return foldTold(meanwhile?.(sent) ?? sent, service, ended, list.length === 0, now);
}

describe("an incident is told", () => {
  it("at once when an alert of its service fires, recovers, or ends", () => {
    expect(dueTellings(down, SECOND)).toEqual(["api"]);
    const told = tell(down, "api", 2 * SECOND);
    expect(dueTellings(told, 3 * SECOND)).toEqual([]);
    const over = sweep(told, slice, { [DOWN]: "good" }, 16 * SECOND).state;
    expect(over.tellings.api).toMatchObject({
      dirty: true,
      ended: [{ end: "recovered", resolvedAt: 16 * SECOND }],
    });
  });

  it.each([
    ["nothing known of it any more", { [DOWN]: "unknown" }],
    ["known again", { [DOWN]: "bad" }],
  ] as const)("of what fires also that there is %s", (_name, seen) => {
    const before = seen[DOWN] === "bad" ? sweep(down, slice, { [DOWN]: "unknown" }, 2 * SECOND).state : down;
    const { state } = sweep({ ...before, tellings: {} }, slice, seen, 16 * SECOND);
    expect(state.tellings.api?.dirty).toBe(true);
  });

  it("nothing when another bad reading changes nothing", () => {
    const { state } = sweep({ ...down, tellings: {} }, slice, { [DOWN]: "bad" }, 16 * SECOND);
    expect(state.tellings).toEqual({});
  });

  it("nothing of what is pending, and nothing of what is never sent", () => {
    const slow = checksPlan(["api/ready"]);
    const pending = sweep(planned(slow), slow, { "api/ready/not-ready": "bad" }, SECOND).state;
    expect(pending.tellings).toEqual({});
    const info = sweep(planned(slice), slice, { "api/ready/odd": "bad" }, SECOND).state;
    expect(info.alerts["api/ready/odd"]).toMatchObject({ state: "firing" });
    expect(info.tellings).toEqual({});
    expect(sliceOf(info, slice, "api")).toEqual({ list: [], more: 0 });
  });

  it("again after five minutes although nothing changed, so that a lost one opens by itself", () => {
    const told = tell(down, "api", SECOND);
    expect(told.tellings.api?.refreshAt).toBe(SECOND + REFRESH_MS);
    expect(dueTellings(told, REFRESH_MS)).toEqual([]);
    expect(dueTellings(told, SECOND + REFRESH_MS)).toEqual(["api"]);
    expect(sendingTo(told, "api", 9).tellings.api).toEqual({ dirty: false, known: true, ended: [] });
  });

  it("whether it was told before", () => {
    expect(down.tellings.api?.known).toBe(false);
    expect(tell(down, "api", SECOND).tellings.api?.known).toBe(true);
  });

  it("nothing more once its slice is empty and it has taken that", () => {
    const over = sweep(tell(down, "api", SECOND), slice, { [DOWN]: "good" }, 16 * SECOND).state;
    expect(tell(over, "api", 17 * SECOND).tellings).toEqual({});
    expect(foldTold(down, "other", [], true, SECOND)).toBe(down);
  });
});

describe("what changes while a message is on its way", () => {
  it("needs another message", () => {
    const told = tell(down, "api", 2 * SECOND, (sent) => dirtyService(sent, "api"));
    expect(dueTellings(told, 2 * SECOND)).toEqual(["api"]);
  });

  it("keeps the ends that the message did not carry", () => {
    const told = tell(
      down,
      "api",
      2 * SECOND,
      (sent) => sweep(sent, slice, { [DOWN]: "good" }, 2 * SECOND).state,
    );
    expect(told.tellings.api).toMatchObject({ dirty: true, ended: [{ end: "recovered" }] });
    expect(tell(told, "api", 3 * SECOND).tellings).toEqual({});
  });

  it("is not lost when the slice was empty and something fires again", () => {
    const over = sweep(tell(down, "api", SECOND), slice, { [DOWN]: "good" }, 16 * SECOND).state;
    const told = tell(
      over,
      "api",
      17 * SECOND,
      (sent) => sweep(sent, slice, { [DOWN]: "bad" }, 31 * SECOND).state,
    );
    expect(told.tellings.api).toMatchObject({ dirty: true, known: false });
    expect(sliceOf(told, slice, "api").list).toHaveLength(1);
  });
});

describe("a slice", () => {
  it("is worst first, and only of its service", () => {
    const seen = { "api/ready/slow": "bad", [DOWN]: "bad", "db/up/down": "bad" } as const;
    const { state } = sweep(planned(slice), slice, seen, SECOND);
    expect(sliceOf(state, slice, "api").list.map(({ alert }) => alert)).toEqual([
      "kohakku/api/ready/down",
      "kohakku/api/ready/slow",
    ]);
    expect(sliceOf(state, slice, "ap").list).toEqual([]);
  });

  it("names fifty and counts the rest", () => {
    const seen = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [`${DOWN}/host-${index}`, "bad" as const]),
    );
    const { list, more } = sliceOf(sweep(planned(slice), slice, seen, SECOND).state, slice, "api");
    expect([list.length, more]).toEqual([MAX_MEMBERS, 20]);
  });

  it("says of a member all that a message needs", () => {
    const before = sweep(planned(slice), slice, {}, SECOND).state;
    const bad = sweep(
      before,
      slice,
      { [`${DOWN}/host%2F1`]: { verdict: "bad", reason: "refused" } },
      16 * SECOND,
    ).state;
    const unknown = sweep(bad, slice, { [`${DOWN}/host%2F1`]: "unknown" }, 31 * SECOND).state;
    expect(sliceOf(unknown, slice, "api").list).toEqual([
      {
        alert: "kohakku/api/ready/down/host%2F1",
        episode: 16,
        severity: "critical",
        state: "firing",
        since: 16 * SECOND,
        firedAt: 16 * SECOND,
        bad: 1,
        reason: "refused",
        lastGoodAt: SECOND,
        unknownSince: 31 * SECOND,
        unknownReason: `unknown at ${DOWN}/host%2F1`,
      },
    ]);
  });

  it("tells a subject that is not reported from one of which nothing is known, and says when that changes", () => {
    const host = `${DOWN}/host-1`;
    const bad = sweep(planned(slice), slice, { [host]: "bad" }, SECOND).state;
    const unknown = sweep(bad, slice, { [host]: "unknown" }, 16 * SECOND).state;
    expect(sliceOf(unknown, slice, "api").list[0]?.absent).toBeUndefined();
    const seen = { [host]: { verdict: "absent", reason: "no longer reported" } } as const;
    const { state } = sweep({ ...unknown, tellings: {} }, slice, seen, 31 * SECOND);
    expect(sliceOf(state, slice, "api").list).toMatchObject([
      { absent: true, unknownReason: "no longer reported", unknownSince: 16 * SECOND },
    ]);
    expect(state.tellings.api?.dirty).toBe(true);
  });

  it("keeps the last fifty ends that its incident has not taken", () => {
    const seen = (verdict: "bad" | "good") =>
      Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${DOWN}/host-${index}`, verdict]));
    const fired = sweep(planned(slice), slice, seen("bad"), SECOND).state;
    const { tellings } = sweep(fired, slice, seen("good"), 16 * SECOND).state;
    expect(tellings.api?.ended).toHaveLength(MAX_MEMBERS);
  });
});
