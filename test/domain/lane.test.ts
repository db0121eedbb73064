import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import type { Content, Lane } from "../../src/domain/lane.js";
import { digest, draftDue, heardOrMaybe, laneAtRest, redraft } from "../../src/domain/lane.js";
import { afterAttempt, backoffMs, END_RETRY_MS } from "../../src/domain/lane-attempts.js";
import type { AttemptResult } from "../../src/domain/message.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const EMPTY: Lane = {
  notifier: "pager",
  reached: ["critical"],
  pages: 1,
  call: { kind: "firing", reason: "critical: first step", begins: true },
  n: 0,
};

function content(change: Partial<Content> = {}): Content {
  return {
    kind: "firing",
    members: ["a/b/c/d#1"],
    severity: "critical",
    acknowledged: false,
    pages: 1,
    reason: "critical: first step",
    ...change,
  };
}

const END = content({ kind: "resolved", members: [], reason: "recovered" });

function wants(lane: Lane, wanted: Content | undefined, now: number): Lane {
  return redraft(lane, wanted, now).lane;
}

function attempt(lane: Lane, result: AttemptResult["result"] | AttemptResult, now: number): Lane {
  const whole = typeof result === "string" ? ({ result, reason: "so" } as AttemptResult) : result;
  return afterAttempt(lane, lane.n, whole, now, 0).lane;
}

function fly(lane: Lane): Lane {
  return lane.draft === undefined ? lane : { ...lane, draft: { ...lane.draft, flying: true } };
}

describe("a message keeps its number", () => {
  it("over retries, and gets another one only with another content", () => {
    let lane = wants(EMPTY, content(), 0);
    expect(lane.draft).toMatchObject({ n: 1, tries: 0, nextAt: 0 });
    lane = attempt(lane, "retry", 0);
    lane = wants(lane, content(), 500);
    lane = attempt(lane, "ambiguous", SECOND);
    expect(lane.draft).toMatchObject({ n: 1, tries: 2, decidedAt: 0 });
    lane = wants(lane, content({ members: ["a/b/c/d#1", "a/b/c/e#2"] }), 2 * SECOND);
    expect(lane.draft).toMatchObject({ n: 2, tries: 0 });
  });

  it.each<readonly [string, Partial<Content>, boolean]>([
    ["another reason", { reason: "critical: step 1, time 2 through" }, false],
    ["another call for what nobody has heard yet", { pages: 2 }, false],
    ["an escalation of what nobody has heard yet", { kind: "escalated" }, false],
    ["another member", { members: ["a/b/c/e#2"] }, true],
    ["another episode", { members: ["a/b/c/d#2"] }, true],
    ["another severity", { severity: "warning" }, true],
    ["an acknowledgement", { kind: "acknowledged", acknowledged: true }, true],
    ["a pause", { kind: "updated", paused: "ada until 12:00" }, true],
    ["an end", { kind: "resolved" }, true],
  ])("%s makes it another message: %s", (_name, change, isAnother) => {
    expect(digest(content(change)) !== digest(content())).toBe(isAnother);
  });

  it("two repeats are two messages", () => {
    const repeated = content({ kind: "repeated", pages: 2 });
    expect(digest({ ...repeated, pages: 3 })).not.toBe(digest(repeated));
  });

  it("a call that came while it was retried is answered by it, and nobody is paged twice in a row", () => {
    const tried = attempt(wants(EMPTY, content(), 0), "retry", 0);
    const called = wants(tried, content({ pages: 2, reason: "again" }), 500);
    expect(called.draft?.content).toMatchObject({ kind: "firing", pages: 2, reason: "again" });
    expect(attempt(called, "accepted", SECOND).heard).toMatchObject({ n: 1, content: { pages: 2 } });
  });

  it("one that may have arrived is sent again as it was", () => {
    const tried = attempt(wants(EMPTY, content(), 0), "ambiguous", 0);
    expect(wants(tried, content({ pages: 2, reason: "again" }), 500)).toEqual(tried);
  });
});

describe("a message that may have arrived and was not wanted for a while", () => {
  const maybe = wants(attempt(wants(EMPTY, content(), 0), "ambiguous", 0), undefined, MINUTE);

  it("is sent again under its number, as it was, when the same is wanted again", () => {
    const again = wants(maybe, content({ reason: "critical: resumed" }), HOUR);
    expect(again.draft).toMatchObject({
      n: 1,
      content: content(),
      decidedAt: 0,
      tries: 0,
      nextAt: HOUR,
      ambiguous: true,
    });
    expect(again.n).toBe(1);
    expect(attempt(again, "accepted", HOUR).heard).toMatchObject({ n: 1 });
    expect(wants(attempt(again, "accepted", HOUR), END, HOUR).draft).toMatchObject({ n: 2 });
  });

  it.each<readonly [string, Partial<Content>]>([
    ["another member", { members: ["a/b/c/e#2"] }],
    ["another call, which must be heard as one", { pages: 2 }],
    ["the end", { kind: "resolved", members: [] }],
  ])("gets another number with %s", (_name, change) => {
    expect(wants(maybe, content(change), HOUR).draft).toMatchObject({ n: 2, ambiguous: false });
  });

  it("gets another number once something else may have been sent", () => {
    const end = attempt(wants(maybe, END, HOUR), "ambiguous", HOUR);
    expect(wants(end, content(), 2 * HOUR).draft).toMatchObject({ n: 3 });
    const other = wants(wants(maybe, content({ severity: "warning" }), HOUR), undefined, HOUR);
    expect(wants(other, content(), 2 * HOUR).draft).toMatchObject({ n: 3 });
  });
});

describe("a draft", () => {
  it("is left alone while an attempt flies", () => {
    const lane = wants(EMPTY, content(), 0);
    const flying = fly(lane);
    expect(redraft(flying, END, SECOND)).toEqual({ lane: flying });
    expect(redraft(flying, undefined, SECOND)).toEqual({ lane: flying });
    expect(draftDue(flying)).toBeUndefined();
  });

  it("is dropped when nothing is wanted any more", () => {
    const lane = wants(EMPTY, content(), 0);
    expect(redraft(lane, undefined, SECOND)).toMatchObject({ dropped: { n: 1 }, lane: { n: 1 } });
    expect(wants(lane, undefined, SECOND).draft).toBeUndefined();
  });

  it("of another content is sent no sooner than the receiver wants to be tried", () => {
    const busy = attempt(wants(EMPTY, content(), 0), { result: "retry", reason: "429", afterMs: MINUTE }, 0);
    expect(wants(busy, END, SECOND).draft).toMatchObject({ n: 2, tries: 0, nextAt: MINUTE });
  });

  it("of another content asks the gate anew; the same one waits as long as the gate said", () => {
    const held: Lane = { ...wants(EMPTY, content(), 0), heldUntil: 5 * MINUTE };
    expect(draftDue(wants(held, content(), SECOND))).toBe(5 * MINUTE);
    expect(draftDue(wants(held, content({ members: ["a/b/c/e#2"] }), SECOND))).toBe(SECOND);
  });

  it("is no rest, even if nobody has heard anything yet", () => {
    expect(laneAtRest(wants(EMPTY, content(), 0))).toBe(false);
    expect(laneAtRest(EMPTY)).toBe(true);
  });

  it("is ignored by an attempt of another number", () => {
    const lane = wants(EMPTY, content(), 0);
    expect(afterAttempt(lane, 7, { result: "accepted" }, SECOND, 0)).toEqual({ lane, dead: false });
  });
});

describe("an end is owed", () => {
  it("to who accepted, until it is accepted", () => {
    let lane = attempt(wants(EMPTY, content(), 0), "accepted", SECOND);
    expect(heardOrMaybe(lane)).toMatchObject({ n: 1, at: SECOND });
    expect(laneAtRest(lane)).toBe(false);
    lane = attempt(wants(lane, END, MINUTE), "accepted", MINUTE);
    expect(lane.heard).toMatchObject({ n: 2, content: { kind: "resolved" } });
    expect(heardOrMaybe(lane)).toBeUndefined();
    expect(laneAtRest(lane)).toBe(true);
  });

  it("to nobody who never accepted", () => {
    const tried = attempt(wants(EMPTY, content(), 0), "retry", 0);
    expect(heardOrMaybe(tried)).toBeUndefined();
    expect(laneAtRest(wants(tried, undefined, MINUTE))).toBe(true);
  });

  it.each<readonly [string, (lane: Lane) => Lane]>([
    ["retried in vain afterwards", (lane) => attempt(lane, "retry", MINUTE)],
    ["dropped", (lane) => wants(lane, undefined, MINUTE)],
    ["overtaken by another content", (lane) => wants(lane, content({ severity: "warning" }), MINUTE)],
    [
      "overtaken, and the other content then refused",
      (lane) => attempt(wants(lane, content({ severity: "warning" }), MINUTE), "rejected", MINUTE),
    ],
    ["refused for good at the next try", (lane) => attempt(lane, "rejected", MINUTE)],
  ])("to who may have heard, also when the message was %s", (_name, next) => {
    const lane = next(attempt(wants(EMPTY, content(), 0), "ambiguous", 0));
    expect(heardOrMaybe(lane)).toMatchObject({ n: 1 });
    const ended = attempt(wants(lane, END, 2 * MINUTE), "accepted", 3 * MINUTE);
    expect(laneAtRest(ended)).toBe(true);
  });

  it("still, when the end may have arrived and was overtaken by trouble that nobody heard", () => {
    let lane = attempt(wants(EMPTY, content(), 0), "accepted", 0);
    lane = attempt(wants(lane, END, MINUTE), "ambiguous", MINUTE);
    lane = wants(lane, content({ members: ["a/b/c/d#2"] }), 2 * MINUTE);
    expect(lane.heard?.content.kind).toBe("resolved");
    lane = wants(lane, undefined, 3 * MINUTE);
    expect(heardOrMaybe(lane)).toMatchObject({ n: 1 });
    expect(laneAtRest(lane)).toBe(false);
    expect(laneAtRest(attempt(wants(lane, END, 4 * MINUTE), "accepted", 4 * MINUTE))).toBe(true);
  });

  it("again, when a first end was refused for good and trouble may have arrived since", () => {
    let lane = attempt(wants(EMPTY, content(), 0), "accepted", 0);
    lane = attempt(wants(lane, END, MINUTE), "rejected", MINUTE);
    expect(laneAtRest(lane)).toBe(true);
    lane = attempt(
      wants(lane, content({ kind: "updated", severity: "warning" }), MINUTE),
      "ambiguous",
      MINUTE,
    );
    lane = wants(lane, END, 2 * MINUTE);
    expect(lane.draft?.content.kind).toBe("resolved");
    expect(laneAtRest(attempt(lane, "accepted", 3 * MINUTE))).toBe(true);
  });

  it("is held back by no gate", () => {
    const told = attempt(wants(EMPTY, content(), 0), "accepted", 0);
    const held: Lane = { ...wants(told, content({ kind: "repeated", pages: 2 }), MINUTE), heldUntil: HOUR };
    expect(draftDue(held)).toBe(HOUR);
    expect(draftDue(wants(held, END, 2 * MINUTE))).toBe(2 * MINUTE);
    expect(draftDue({ ...wants(told, END, MINUTE), heldUntil: HOUR })).toBe(MINUTE);
  });

  it("is tried for 72 hours and then is a dead letter, which is rest", () => {
    let lane = wants(attempt(wants(EMPTY, content(), 0), "accepted", 0), END, 0);
    lane = attempt(lane, "retry", END_RETRY_MS - 1);
    expect(lane.draft).toBeDefined();
    const last = afterAttempt(lane, lane.n, { result: "ambiguous", reason: "time-out" }, END_RETRY_MS, 0);
    expect(last.dead).toBe(true);
    expect(laneAtRest(last.lane)).toBe(true);
    expect(redraft(last.lane, END, END_RETRY_MS + 1).lane.draft).toBeUndefined();
  });

  it("trouble is tried for as long as it is wanted", () => {
    const lane = attempt(wants(EMPTY, content(), 0), "retry", 100 * HOUR);
    expect(lane.draft).toMatchObject({ n: 1, tries: 1 });
  });
});

describe("what a receiver refused", () => {
  const refused = attempt(wants(EMPTY, content(), 0), "rejected", 0);

  it("is a dead letter, and the same is not tried again", () => {
    expect(
      afterAttempt(wants(EMPTY, content(), 0), 1, { result: "rejected", reason: "400" }, 0, 0).dead,
    ).toBe(true);
    expect(wants(refused, content(), MINUTE)).toEqual(refused);
    expect(laneAtRest(refused)).toBe(true);
  });

  it("does not stop another content, and is not tried after that one either", () => {
    const other = wants(refused, content({ severity: "warning" }), MINUTE);
    expect(other.draft).toMatchObject({ n: 2 });
    expect(wants(other, content(), 2 * MINUTE).draft).toBeUndefined();
  });

  it("is forgotten once something was accepted", () => {
    const told = attempt(wants(refused, content({ severity: "warning" }), MINUTE), "accepted", MINUTE);
    expect(told.refused).toBeUndefined();
  });
});

describe("the time to the next attempt", () => {
  it.each([
    [0, 1],
    [1, 2],
    [5, 32],
    [8, 256],
    [9, 300],
    [500, 300],
  ])("after %s tries is %s s at most", (tries, seconds) => {
    expect(backoffMs(tries, 0)).toBe(seconds * SECOND);
    expect(backoffMs(tries, 0.999)).toBeGreaterThanOrEqual(seconds * SECOND * 0.8);
  });

  it.each<readonly [string, number | undefined, number]>([
    ["is what the receiver asks for", 30 * SECOND, 30 * SECOND],
    ["is not less than the back-off", 10, SECOND],
    ["is an hour at most", 1_000 * HOUR, HOUR],
    ["is the back-off when what it asks for is no number", Number.NaN, SECOND],
    ["is the back-off when it asks for the past", -5, SECOND],
    ["is the back-off when it asks for nothing", undefined, SECOND],
  ])("%s", (_name, afterMs, expected) => {
    const result: AttemptResult =
      afterMs === undefined
        ? { result: "retry", reason: "503" }
        : { result: "retry", reason: "429", afterMs };
    expect(draftDue(attempt(wants(EMPTY, content(), 0), result, 0))).toBe(expected);
  });
});

describe("whatever a lane is asked and answered", () => {
  const wanted = fc.oneof(
    fc.constant(undefined),
    fc.record({
      kind: fc.constantFrom("firing" as const, "updated" as const, "repeated" as const, "resolved" as const),
      members: fc.constantFrom([], ["a/b/c/d#1"], ["a/b/c/d#1", "a/b/c/e#1"]),
      severity: fc.constantFrom("critical" as const, "warning" as const),
      acknowledged: fc.boolean(),
      pages: fc.nat(3),
      reason: fc.constantFrom("x", "y"),
    }),
  );
  const result = fc.constantFrom<AttemptResult["result"]>("accepted", "retry", "ambiguous", "rejected");

  it("one number is one message, numbers only grow, and trouble that may have been heard is remembered", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(wanted, fc.option(result), fc.nat(HOUR))), (steps) => {
        const messages = new Map<number, string>();
        let lane = EMPTY;
        let now = 0;
        let owed = false;
        for (const [want, answer, waitMs] of steps) {
          now += waitMs;
          const { n } = lane;
          lane = wants(lane, want, now);
          expect(lane.n).toBeGreaterThanOrEqual(n);
          const draft = lane.draft;
          if (draft === undefined || answer === null) continue;
          const text = digest(draft.content);
          expect(messages.get(draft.n) ?? text).toBe(text);
          messages.set(draft.n, text);
          lane = attempt(lane, answer, now);
          const isTrouble = draft.content.kind !== "resolved";
          if (isTrouble && (answer === "accepted" || answer === "ambiguous")) owed = true;
          if (!isTrouble && answer === "accepted") owed = false;
          if (owed) expect(heardOrMaybe(lane)).toBeDefined();
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
