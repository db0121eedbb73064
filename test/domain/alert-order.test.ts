import { describe, expect, it } from "@jest/globals";

import { isSimplyGood, nextDeadline, stepAlert, type VerdictEvent } from "../../src/domain/alert-machine.js";
import type { AlertRecord, RuleTiming } from "../../src/domain/alert-state.js";
import type { Verdict } from "../../src/domain/reading.js";
import { RULE } from "../support/alert-story.js";

/** A verdict of a probe that ended at `at`, of a sweep that began with it, and that is folded at `now`. */
function verdict(verdict: Verdict, at: number, now = at, begunAt = at): VerdictEvent {
  return { kind: "verdict", verdict, at, begunAt, now, reason: verdict, stamp: at };
}

function after(
  rule: RuleTiming,
  ...events: readonly Parameters<typeof stepAlert>[2][]
): AlertRecord | undefined {
  return events.reduce<AlertRecord | undefined>(
    (alert, event) => stepAlert(alert, rule, event).alert,
    undefined,
  );
}

const SECOND = 1_000;
const AT_ONCE: RuleTiming = { ...RULE, forMs: 0, minBad: 1 };

describe("readings that come back in another order than they were taken", () => {
  const pending = after(RULE, verdict("bad", 10 * SECOND), verdict("bad", 20 * SECOND));
  const firing = after(AT_ONCE, verdict("bad", 10 * SECOND), verdict("bad", 20 * SECOND));
  const recovering = after(AT_ONCE, verdict("bad", 10 * SECOND), verdict("good", 20 * SECOND));

  it.each<readonly [string, AlertRecord | undefined, Verdict]>([
    ["an older bad one is not counted", pending, "bad"],
    ["an older good one does not clear what is pending", pending, "good"],
    ["an older unknown one does not say that nothing is known", pending, "unknown"],
    ["an older absence does not drop what is pending", pending, "absent"],
    ["an older good one does not begin a recovery", firing, "good"],
    ["an older bad one does not end a recovery", recovering, "bad"],
    ["an older good one does not count towards recovery", recovering, "good"],
  ])("%s", (_name, alert, each) => {
    expect(alert).toBeDefined();
    const step = stepAlert(alert, RULE, verdict(each, 15 * SECOND, 30 * SECOND));
    expect(step).toEqual({ alert, effects: [] });
  });

  it("an older bad one does not open again what a newer good one cleared", () => {
    const cleared = after(RULE, verdict("bad", 10 * SECOND), verdict("good", 20 * SECOND));
    const late = stepAlert(cleared, RULE, verdict("bad", 15 * SECOND, 30 * SECOND));
    expect(late).toEqual({ alert: cleared, effects: [] });
  });

  it("an older bad one does not page anew after the end of the episode", () => {
    const ended = after(
      { ...AT_ONCE, recoverAfter: 1, recoverForMs: 0 },
      verdict("bad", 10 * SECOND),
      verdict("good", 20 * SECOND),
    );
    expect(stepAlert(ended, AT_ONCE, verdict("bad", 15 * SECOND, 30 * SECOND)).effects).toEqual([]);
    const next = stepAlert(ended, AT_ONCE, verdict("bad", 25 * SECOND, 30 * SECOND));
    expect(next.alert).toMatchObject({ state: "firing", since: 25 * SECOND, lastGoodAt: 20 * SECOND });
  });

  it("a cleared alert shows nothing, and is forgotten with the next good reading", () => {
    const cleared = after(RULE, verdict("bad", 10 * SECOND), verdict("good", 20 * SECOND));
    expect(cleared !== undefined && isSimplyGood(cleared)).toBe(true);
    expect(stepAlert(cleared, RULE, verdict("good", 50 * SECOND))).toEqual({ alert: undefined, effects: [] });
  });
});

describe("the last good reading before the trouble", () => {
  it("is the monitor's when the alert has none of its own", () => {
    const alert = after(RULE, { ...verdict("bad", 10 * SECOND), lastGoodAt: 5 * SECOND });
    expect(alert).toMatchObject({ lastGoodAt: 5 * SECOND });
  });
});

describe("a configuration that is read anew (lifecycle 4)", () => {
  const configured = { kind: "configured", now: 40 * SECOND } as const;
  const pending = after(RULE, verdict("bad", 10 * SECOND), verdict("bad", 20 * SECOND));
  const firing = after(AT_ONCE, verdict("bad", 10 * SECOND));

  it.each([
    [30 * SECOND, 40 * SECOND],
    [600 * SECOND, 610 * SECOND],
  ])(
    "moves the deadline to another `for` of %s ms, counted from the first bad reading",
    (forMs, deadline) => {
      expect(stepAlert(pending, { ...RULE, forMs }, configured).alert).toMatchObject({
        state: "pending",
        deadline,
      });
    },
  );

  it.each([
    { was: 600 * SECOND, forMs: 60 * SECOND, firesAt: 310 * SECOND },
    { was: 310 * SECOND, forMs: 300 * SECOND, firesAt: 310 * SECOND },
    { was: 600 * SECOND, forMs: 0, firesAt: 310 * SECOND },
    { was: 310 * SECOND, forMs: 600 * SECOND, firesAt: 610 * SECOND },
  ])("needs no grace for what it saw all along, when `for` of $was ms is made $forMs", (edit) => {
    const seen = (from: number, to: number): readonly VerdictEvent[] =>
      Array.from({ length: (to - from) / 10 + 1 }, (_, index) =>
        verdict("bad", (from + index * 10) * SECOND),
      );
    const before = { ...RULE, everyMs: 10 * SECOND, forMs: edit.was };
    const rule = { ...before, forMs: edit.forMs };
    const pending = after(before, ...seen(10, 300));
    const edited = stepAlert(pending, rule, { kind: "configured", now: 305 * SECOND }).alert;
    const fired = seen(310, 700).reduce<AlertRecord | undefined>(
      (alert, event) => stepAlert(alert, rule, event).alert,
      edited,
    );
    expect(fired).toMatchObject({ state: "firing", firedAt: edit.firesAt });
  });

  it("leaves what fires firing when `for` was raised", () => {
    expect(stepAlert(firing, { ...RULE, forMs: 600 * SECOND }, configured)).toEqual({
      alert: firing,
      effects: [],
    });
  });

  it("raises the severity of what fires, and never lowers it", () => {
    const warning = after({ ...AT_ONCE, severity: "warning" }, verdict("bad", 10 * SECOND));
    const raised = stepAlert(warning, { ...AT_ONCE, severity: "critical" }, configured).alert;
    expect(raised).toMatchObject({ severity: "critical" });
    const lowered = stepAlert(raised, { ...AT_ONCE, severity: "info" }, configured).alert;
    expect(lowered).toMatchObject({ severity: "critical" });
  });

  it("makes an event that is none any more recover like any other", () => {
    const event = after({ ...AT_ONCE, hold: "until_ack" }, verdict("bad", 10 * SECOND));
    expect(stepAlert(event, AT_ONCE, verdict("good", 20 * SECOND)).alert).toMatchObject({
      state: "recovering",
    });
  });

  describe("of an event that fires", () => {
    const HELD: RuleTiming = { ...AT_ONCE, hold: 60 * SECOND };
    const UNTIL_ACK: RuleTiming = { ...AT_ONCE, hold: "until_ack" };
    const under = (before: RuleTiming, rule: RuleTiming): AlertRecord => {
      const event = after(before, verdict("bad", 10 * SECOND), verdict("good", 20 * SECOND));
      const alert = stepAlert(event, rule, configured).alert;
      if (alert === undefined) throw new Error("configuration alone has ended it");
      return alert;
    };

    it.each<readonly [string, RuleTiming, RuleTiming, number | undefined]>([
      ["no event any more, it holds no longer", HELD, AT_ONCE, undefined],
      ["held until somebody has it, it waits for that", HELD, UNTIL_ACK, undefined],
      ["held for a time, it ends that long after it was bad", UNTIL_ACK, HELD, 70 * SECOND],
      ["held for another time, it ends by that", HELD, { ...HELD, hold: 90 * SECOND }, 100 * SECOND],
      ["held as long as before, it ends when it would have ended", HELD, HELD, 70 * SECOND],
    ])("%s", (_name, before, rule, at) => {
      expect(nextDeadline(under(before, rule), rule)).toBe(at);
    });

    it("ends by no hold that its rule does not have any more, not even once it has one again", () => {
      const was = stepAlert(under(HELD, AT_ONCE), HELD, configured).alert;
      const late = { kind: "deadline", now: 900 * SECOND } as const;
      expect(stepAlert(under(HELD, AT_ONCE), AT_ONCE, late).effects).toEqual([]);
      expect(stepAlert(was, HELD, late).effects).toEqual([]);
    });

    it("counts the time for which a pause stopped its hold all the same", () => {
      const paused = after(HELD, verdict("bad", 10 * SECOND), { kind: "paused", now: 20 * SECOND });
      const resumed = stepAlert(paused, HELD, { kind: "resumed", now: 30 * SECOND }).alert;
      const alert = stepAlert(resumed, HELD, configured).alert;
      expect(alert === undefined ? undefined : nextDeadline(alert, HELD)).toBe(80 * SECOND);
    });

    it("is not held again once somebody had it", () => {
      const acked = after(UNTIL_ACK, verdict("bad", 10 * SECOND), {
        kind: "acknowledged",
        episode: 10,
        now: 20 * SECOND,
      });
      const alert = stepAlert(acked, HELD, configured).alert;
      expect(alert === undefined ? undefined : nextDeadline(alert, HELD)).toBeUndefined();
    });
  });
});

describe("messages about an episode", () => {
  const firing = after(AT_ONCE, verdict("bad", 10 * SECOND));
  const now = 20 * SECOND;

  it.each([
    ["a release", { kind: "released", episode: 9, now }],
    ["an acknowledgement", { kind: "acknowledged", episode: 9, now }],
  ] as const)("%s of another episode changes nothing", (_name, event) => {
    expect(stepAlert(firing, AT_ONCE, event)).toEqual({ alert: firing, effects: [] });
  });

  it("an acknowledgement does not end what is no event", () => {
    const event = { kind: "acknowledged", episode: 10, now } as const;
    expect(stepAlert(firing, AT_ONCE, event)).toEqual({ alert: firing, effects: [] });
  });
});

describe("small print", () => {
  const now = 20 * SECOND;

  it("a grace that runs is not moved by another `for`", () => {
    const graced = after(
      { ...RULE, everyMs: 10 * SECOND },
      verdict("bad", 10 * SECOND),
      verdict("bad", 300 * SECOND),
    );
    expect(graced).toMatchObject({ state: "pending", graced: true, deadline: 360 * SECOND });
    const configured = { kind: "configured", now: 310 * SECOND } as const;
    expect(stepAlert(graced, { ...RULE, forMs: 600 * SECOND }, configured).alert).toMatchObject({
      state: "pending",
      graced: true,
      deadline: 360 * SECOND,
      asked: false,
    });
  });

  it("an acknowledgement of another episode does not end a hold", () => {
    const held = after(
      { ...AT_ONCE, hold: "until_ack" },
      verdict("bad", 10 * SECOND),
      verdict("good", 15 * SECOND),
    );
    const event = { kind: "acknowledged", episode: 9, now } as const;
    expect(stepAlert(held, { ...AT_ONCE, hold: "until_ack" }, event)).toEqual({ alert: held, effects: [] });
  });

  it("every return from recovery is one flap more", () => {
    const flaps = after(
      AT_ONCE,
      ...[10, 30, 50].flatMap((at) => [verdict("bad", at * SECOND), verdict("good", (at + 10) * SECOND)]),
    );
    expect(flaps).toMatchObject({ state: "recovering", flaps: 2 });
  });

  it("a paused alert is not judged, whatever comes", () => {
    const paused = after(RULE, verdict("bad", 10 * SECOND), { kind: "paused", now });
    for (const each of ["bad", "good", "unknown", "absent"] as const) {
      expect(stepAlert(paused, RULE, verdict(each, 30 * SECOND))).toEqual({ alert: paused, effects: [] });
    }
    expect(stepAlert(paused, RULE, { kind: "deadline", now: 900 * SECOND })).toEqual({
      alert: paused,
      effects: [],
    });
  });

  it("a second pause does not shorten the time that the clocks stood still", () => {
    const twice = after(
      RULE,
      verdict("bad", 10 * SECOND),
      { kind: "paused", now },
      { kind: "paused", now: 50 * SECOND },
      { kind: "resumed", now: 80 * SECOND },
    );
    expect(twice).toMatchObject({ deadline: 190 * SECOND, since: 10 * SECOND });
  });
});
