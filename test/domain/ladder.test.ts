import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import type { Ladder, LadderSeverity } from "../../src/domain/ladder.js";
import {
  climb,
  freeze,
  hurry,
  ladderDue,
  notifiersOf,
  restartLadder,
  startLadder,
  thaw,
} from "../../src/domain/ladder.js";
import type { PolicyPlan } from "../../src/domain/plan.js";
import { policyPlan } from "../support/plans.js";

const MINUTE = 60_000;

function time(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${String((ms % MINUTE) / 1_000).padStart(2, "0")}`;
}

/** Climbs when it is due, `count` times: `0:05:00 step 2/1 lead`. */
function rungs(policy: PolicyPlan, severity: LadderSeverity, count: number): readonly string[] {
  const told: string[] = [];
  let ladder = startLadder(policy, severity, 0);
  for (let index = 0; index < count; index += 1) {
    const due = ladderDue(ladder);
    if (due === undefined) break;
    const climbed = climb(ladder, policy, severity, due);
    ladder = climbed.ladder;
    const { what, step, loop } = climbed.reached?.rung ?? { what: "nothing", step: 0, loop: 0 };
    told.push(`${time(due)} ${what} ${step + 1}/${loop} ${climbed.reached?.notify.join("+") ?? ""}`);
  }
  return told;
}

describe("a ladder (lifecycle 6)", () => {
  it("goes through its steps and loops, tells the fallback once, and then repeats", () => {
    expect(rungs(policyPlan(), "critical", 9)).toEqual([
      "0:00:00 step 1/1 pager",
      "0:05:00 step 2/1 lead",
      "0:10:00 step 1/2 pager",
      "0:15:00 step 2/2 lead",
      "0:20:00 step 1/3 pager",
      "0:25:00 step 2/3 lead",
      "0:30:00 fallback 1/3 hook",
      "4:30:00 repeat 1/3 pager+lead",
      "8:30:00 repeat 1/3 pager+lead",
    ]);
  });

  it("gives a warning one pass, no fallback, and its own repeats", () => {
    expect(rungs(policyPlan(), "warning", 3)).toEqual([
      "0:00:30 step 1/1 chat",
      "24:00:30 repeat 1/1 chat",
      "48:00:30 repeat 1/1 chat",
    ]);
  });

  it("repeats at once after the loops when there is no fallback", () => {
    const policy = policyPlan({ fallback: [], loops: 1, critical: [{ afterMs: 0, notify: ["pager"] }] });
    expect(rungs(policy, "critical", 2)).toEqual(["0:00:00 step 1/1 pager", "4:00:00 repeat 1/1 pager"]);
  });

  it("waits the first step's own time also between loops", () => {
    const policy = policyPlan({ critical: [{ afterMs: 2 * MINUTE, notify: ["pager"] }], loops: 2 });
    expect(rungs(policy, "critical", 3)).toEqual([
      "0:02:00 step 1/1 pager",
      "0:04:00 step 1/2 pager",
      "0:06:00 fallback 1/2 hook",
    ]);
  });

  it("waits for what belongs together before its first step", () => {
    const policy = policyPlan({ groupWaitMs: { critical: 10_000, warning: 30_000 } });
    expect(rungs(policy, "critical", 1)).toEqual(["0:00:10 step 1/1 pager"]);
  });

  it("has nothing to climb without steps", () => {
    const policy = policyPlan({ warning: [] });
    expect(startLadder(policy, "warning", 0)).toEqual({});
    expect(restartLadder(policy, "warning", 0)).toEqual({});
    expect(climb({}, policy, "warning", 0)).toEqual({ ladder: {} });
    expect(hurry({}, 0, "by ada")).toEqual({});
    expect(freeze({}, 0)).toEqual({});
    expect(thaw({}, 0)).toEqual({});
  });

  it("takes one rung after an outage, and counts the next from then", () => {
    const policy = policyPlan();
    const started = climb(startLadder(policy, "critical", 0), policy, "critical", 50 * MINUTE).ladder;
    expect(ladderDue(started)).toBe(55 * MINUTE);
    const late = climb(started, policy, "critical", 60 * MINUTE);
    expect(late.reached).toMatchObject({ rung: { step: 1, loop: 1 }, notify: ["lead"] });
    expect(ladderDue(late.ladder)).toBe(65 * MINUTE);
    expect(climb(late.ladder, policy, "critical", 60 * MINUTE).reached).toBeUndefined();
  });

  it("is not climbed before its time", () => {
    const policy = policyPlan();
    const ladder = startLadder(policy, "warning", 0);
    expect(climb(ladder, policy, "warning", 29_999)).toEqual({ ladder });
  });

  it("begins again at the bottom, at once, when it is restarted", () => {
    expect(restartLadder(policyPlan(), "critical", 7 * MINUTE)).toEqual({
      next: { what: "step", at: 7 * MINUTE, step: 0, loop: 1 },
    });
    expect(restartLadder(policyPlan(), "critical", 7 * MINUTE, "ada is gone").next?.why).toBe("ada is gone");
  });

  it("is hurried to the rung at hand", () => {
    const policy = policyPlan();
    const { ladder } = climb(startLadder(policy, "critical", 0), policy, "critical", 0);
    const hurried = climb(hurry(ladder, MINUTE, "escalated by ada"), policy, "critical", MINUTE);
    expect(hurried.reached?.notify).toEqual(["lead"]);
    expect(hurried.reached?.rung.why).toBe("escalated by ada");
    expect(hurried.ladder.next?.why).toBeUndefined();
  });

  it("names everybody of its steps once when it repeats", () => {
    const policy = policyPlan({
      critical: [
        { afterMs: 0, notify: ["pager", "chat"] },
        { afterMs: 0, notify: ["chat", "lead"] },
      ],
    });
    const repeat = { what: "repeat", at: 0, step: 0, loop: 1 } as const;
    expect(notifiersOf(repeat, policy, "critical")).toEqual(["pager", "chat", "lead"]);
    expect(notifiersOf({ ...repeat, what: "step", step: 7 }, policy, "critical")).toEqual([]);
  });
});

describe("a frozen ladder", () => {
  const policy = policyPlan();

  it("keeps the time that was left, however long it stands", () => {
    fc.assert(
      fc.property(fc.nat(300_000), fc.nat(10_000_000), (beforeMs, stoodMs) => {
        const { ladder } = climb(startLadder(policy, "critical", 0), policy, "critical", 0);
        const frozen = freeze(ladder, beforeMs);
        expect(ladderDue(frozen)).toBeUndefined();
        expect(climb(frozen, policy, "critical", beforeMs + stoodMs)).toEqual({ ladder: frozen });
        expect(ladderDue(thaw(frozen, beforeMs + stoodMs))).toBe(5 * MINUTE + stoodMs);
      }),
    );
  });

  it("is not frozen again by a second pause, and only what is frozen thaws", () => {
    const ladder: Ladder = { next: { what: "step", at: 10 * MINUTE, step: 1, loop: 1 } };
    const frozen = freeze(ladder, 4 * MINUTE);
    expect(freeze(frozen, 9 * MINUTE)).toEqual(frozen);
    expect(thaw(ladder, 9 * MINUTE)).toEqual(ladder);
  });

  it("has nothing left when it was overdue", () => {
    const ladder: Ladder = { next: { what: "step", at: MINUTE, step: 1, loop: 1 } };
    expect(ladderDue(thaw(freeze(ladder, 4 * MINUTE), 9 * MINUTE))).toBe(9 * MINUTE);
  });
});
