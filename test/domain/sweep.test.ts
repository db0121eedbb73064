import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import type { SweepResult } from "../../src/domain/sweep.js";
import { sweepInput } from "../../src/domain/monitor-machine.js";
import type { Verdict } from "../../src/domain/reading.js";
import {
  alertAt,
  cutReason,
  decodeVerdicts,
  encodeVerdicts,
  MAX_REASON_LENGTH,
  placeOf,
  reasonFingerprint,
  retarget,
} from "../../src/domain/sweep.js";
import { fitText, jsonBytes, packReasons } from "../../src/domain/wire-reasons.js";
import { checksPlan, laneOf, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const KB = 1024;
const slice = checksPlan(["api/live", "api/ready", "db/up"], {
  rules: [rulePlan({ name: "down" }), rulePlan({ name: "slow" })],
});

function bytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

const alerts = fc
  .tuple(
    fc.constantFrom("api/live", "api/ready", "db/up"),
    fc.constantFrom("down", "slow"),
    fc.option(fc.constantFrom("host-1", "%2Fvar%2Flib", "a.b")),
  )
  .map(([check, rule, subject]) => (subject === null ? `${check}/${rule}` : `${check}/${rule}/${subject}`));
const verdicts = fc.uniqueArray(
  fc.record({
    alert: alerts,
    verdict: fc.constantFrom<Verdict>("bad", "good", "unknown", "absent"),
    ageMs: fc.nat(12_000),
    reason: fc.oneof(
      fc.constant(""),
      fc.constantFrom("HTTP 503", "refused"),
      fc.string({ unit: "binary", maxLength: 300 }),
    ),
  }),
  { selector: ({ alert }) => alert, maxLength: 18 },
);

describe("the place of an alert", () => {
  it.each([
    ["api/live/down", "0.0"],
    ["api/ready/slow", "1.1"],
    ["db/up/down/host%2F1", "2.0/host%2F1"],
  ])("%s is %s, and back", (alert, place) => {
    expect(placeOf(slice, alert)).toBe(place);
    expect(alertAt(slice, place)).toBe(alert);
  });

  it.each(["api/live/other", "api/other/down", "other/live/down", "api", "api/live", ""])(
    "%p has none: the plan does not have it",
    (alert) => {
      expect(placeOf(slice, alert)).toBeUndefined();
    },
  );

  it.each(["", "9.0", "0.9", "-1.0", "x.y", "0"])("%p is no place of any alert", (place) => {
    expect(alertAt(slice, place)).toBeUndefined();
  });
});

describe("what a sweep carries back", () => {
  it("says the same on the other side: every verdict that matters, with every reason that is not known", () => {
    fc.assert(
      fc.property(verdicts, fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8]), (seen, knownOnes) => {
        const known = Object.fromEntries(
          seen
            .filter((_, index) => knownOnes.includes(index))
            .map(({ alert, reason }) => [placeOf(slice, alert) ?? "", reasonFingerprint(cutReason(reason))]),
        );
        const wire = JSON.parse(
          JSON.stringify({ stamp: 1, ms: 1, checks: 3, ...encodeVerdicts(slice, known, seen) }),
        ) as SweepResult;
        const expected = seen
          .filter(
            ({ alert, verdict }) => verdict !== "good" || known[placeOf(slice, alert) ?? ""] !== undefined,
          )
          .map(({ alert, verdict, ageMs, reason }) => {
            const text = cutReason(reason);
            const isKnown = known[placeOf(slice, alert) ?? ""] === reasonFingerprint(text);
            const isSaid = verdict !== "good" && text !== "" && !isKnown;
            return { alert, verdict, ageMs, ...(isSaid ? { reason: text.toWellFormed() } : {}) };
          });
        const decoded = decodeVerdicts(slice, known, wire).map((each) =>
          each.reason === undefined ? each : { ...each, reason: each.reason.toWellFormed() },
        );
        expect(decoded).toEqual(expected);
      }),
    );
  });

  it("leaves out what the plan does not have", () => {
    const wire = encodeVerdicts(slice, {}, [{ alert: "gone/x/down", verdict: "bad", ageMs: 0, reason: "x" }]);
    expect(wire).toEqual({ verdicts: [], reasons: [] });
    const foreign = { stamp: 1, ms: 1, checks: 1, verdicts: [["9.9", "b", 0] as const], reasons: [] };
    expect(decodeVerdicts(slice, {}, foreign)).toEqual([]);
  });

  it("says a reason that many share once", () => {
    const seen = ["api/live/down", "api/ready/down", "db/up/down"].map((alert) => ({
      alert,
      verdict: "bad" as const,
      ageMs: 0,
      reason: "connection refused",
    }));
    expect(encodeVerdicts(slice, {}, seen)).toEqual({
      verdicts: [
        ["0.0", "b", 0, 0],
        ["1.0", "b", 0, 0],
        ["2.0", "b", 0, 0],
      ],
      reasons: ["connection refused"],
    });
  });
});

describe("the fingerprint of a reason", () => {
  it.each([
    ["answered 503 after 120 ms", "answered 503 after 7 ms", true],
    ["took 1.25s", "took 12s", true],
    ["expires in 9 days", "expires in 8 days", true],
    ["answered 503", "answered 502", false],
    ["disk 91 % full", "disk 92 % full", false],
  ])("of %p and %p is the same: %s", (one, other, isSame) => {
    expect(reasonFingerprint(one) === reasonFingerprint(other)).toBe(isSame);
  });
});

describe("reasons on their way", () => {
  it("are one line of 120 characters at most, cut between characters", () => {
    expect(cutReason("  a \n\t b  ")).toBe("a b");
    expect(cutReason("x".repeat(120))).toBe("x".repeat(120));
    const cut = cutReason("😀".repeat(200));
    expect(Array.from(cut)).toHaveLength(MAX_REASON_LENGTH);
    expect(cut.endsWith("😀…")).toBe(true);
  });

  it("are counted as JSON counts them", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(jsonBytes(text)).toBeGreaterThanOrEqual(bytes(text) - 2);
        expect(jsonBytes(text)).toBeLessThanOrEqual(6 * Math.max(1, text.length));
      }),
    );
    expect(jsonBytes('"ü€😀\n')).toBe(2 + 2 + 3 + 4 + 6);
  });

  it("fit into the room they are given", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.integer({ min: 3, max: 200 }),
        (text, room) => {
          const fitted = fitText(text, room);
          expect(jsonBytes(fitted)).toBeLessThanOrEqual(room);
          expect(fitted === text || fitted.endsWith("…")).toBe(true);
        },
      ),
    );
  });

  it("are packed once each, and empty ones not at all", () => {
    const { reasons, indexOf } = packReasons(["b", "", "a", "b"]);
    expect(reasons).toEqual(["b", "a"]);
    expect(["a", "b", ""].map((text) => indexOf.get(text))).toEqual([1, 0, undefined]);
  });
});

describe("500 checks that all fail, with reasons of their own (design section 4)", () => {
  const keys = Array.from({ length: 500 }, (_, index) => `service-${index % 50}/check-${index}`);
  const many = checksPlan(keys, { rules: [rulePlan({ name: "not-ready" })] });

  it.each([
    ["ASCII", "x"],
    ["two bytes a character", "ü"],
    ["three bytes", "界"],
    ["four bytes", "😀"],
    ["escapes", '"'],
    ["control characters", "\u0001"],
  ])("fit into 32 KB there and back, in %s", (_name, filler) => {
    const seen = Object.fromEntries(
      many.checks.map(({ key }) => [
        `${key}/not-ready`,
        { verdict: "bad" as const, reason: `${key} ${filler.repeat(200)}`, ageMs: 11_999 },
      ]),
    );
    let state = planned(many);
    for (let round = 0; round < 3; round += 1) {
      const now = (round + 1) * 15_000;
      const input = sweepInput(state, many, laneOf(many), undefined, now);
      const wire = encodeVerdicts(
        many,
        input.known,
        Object.entries(seen).map(([alert, each]) => ({ alert, ...each })),
      );
      expect(bytes({ stamp: now, ms: 12_000, checks: 500, ...wire })).toBeLessThan(32 * KB);
      expect(bytes(input)).toBeLessThan(32 * KB);
      state = sweep(state, many, seen, now).state;
    }
    expect(Object.keys(state.alerts)).toHaveLength(500);
  });

  it("all say something at once, and all of it after some sweeps", () => {
    const reasonOf = (alert: string): string => `${alert}: ${"abcdefghi ".repeat(9)}`.slice(0, 110);
    const seen = Object.fromEntries(
      many.checks.map(({ key }) => [
        `${key}/not-ready`,
        { verdict: "bad" as const, reason: reasonOf(`${key}/not-ready`) },
      ]),
    );
    let state = sweep(planned(many), many, seen, 15_000).state;
    const reasons = (): readonly (readonly [string, string])[] =>
      Object.entries(state.alerts).map(([alert, record]) => [
        alert,
        record.state === "inactive" ? "" : record.reason,
      ]);
    expect(reasons().every(([alert, reason]) => reason.startsWith(alert.slice(0, 15)))).toBe(true);
    for (let round = 2; round < 25; round += 1) state = sweep(state, many, seen, round * 15_000).state;
    expect(reasons().every(([alert, reason]) => reason === reasonOf(alert).trim())).toBe(true);
  });
});

describe("a sweep of another plan than the one it was launched under", () => {
  it("says what it saw of the alerts that are still there", () => {
    const other = checksPlan(["db/up", "api/ready"], {
      rules: [rulePlan({ name: "slow" }), rulePlan({ name: "down" })],
    });
    const seen = ["api/live/down", "api/ready/slow", "db/up/down/a"].map((alert) => ({
      alert,
      verdict: "bad" as const,
      ageMs: 3,
      reason: alert,
    }));
    const result = { stamp: 1, ms: 1, checks: 3, ...encodeVerdicts(slice, {}, seen) };
    expect(decodeVerdicts(other, {}, retarget(result, {}, slice, other))).toEqual(seen.slice(1));
    expect(retarget(result, {}, slice, slice)).toBe(result);
  });
});
