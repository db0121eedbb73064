import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { type AlertEvent, isEpisode, nextDeadline, stepAlert } from "../../src/domain/alert-machine.js";
import type { AlertRecord, AlertStep, RuleTiming } from "../../src/domain/alert-state.js";
import type { Verdict } from "../../src/domain/reading.js";

const verdicts: readonly Verdict[] = ["bad", "bad", "bad", "good", "good", "unknown", "absent"];

const rules: fc.Arbitrary<RuleTiming> = fc
  .record({
    forMs: fc.constantFrom(0, 1_000, 20_000, 120_000),
    hold: fc.constantFrom(undefined, undefined, undefined, 60_000, "until_ack" as const),
    recoverForMs: fc.constantFrom(0, 20_000, 60_000),
    recoverAfter: fc.integer({ min: 1, max: 4 }),
    minBad: fc.integer({ min: 1, max: 4 }),
    unknownForMs: fc.constantFrom(0, 60_000, 300_000),
    severity: fc.constantFrom("critical" as const, "warning" as const, "info" as const),
    everyMs: fc.constantFrom(5_000, 30_000, 300_000),
  })
  .map(({ hold, ...rule }) => (hold === undefined ? rule : { ...rule, hold }));

/** What happens next: how long after the last thing, and what. */
const happenings = fc.record({
  waitMs: fc.oneof({ weight: 5, arbitrary: fc.nat(40_000) }, { weight: 1, arbitrary: fc.nat(2_000_000) }),
  what: fc.constantFrom(
    ...verdicts,
    ...verdicts,
    "paused" as const,
    "resumed" as const,
    "released" as const,
    "acknowledged" as const,
    "configured" as const,
    "time" as const,
  ),
  ageMs: fc.nat(12_000),
  tookMs: fc.nat(12_000),
});
type Happens = typeof happenings extends fc.Arbitrary<infer T> ? T : never;

interface Turn {
  readonly before: AlertRecord | undefined;
  readonly event: AlertEvent;
  readonly step: AlertStep;
}

function eventOf(alert: AlertRecord | undefined, each: Happens, now: number): AlertEvent | undefined {
  const episode = isEpisode(alert) ? alert.episode : 0;
  switch (each.what) {
    case "time":
      return undefined;
    case "paused":
    case "resumed":
    case "configured":
      return { kind: each.what, now };
    case "released":
    case "acknowledged":
      return { kind: each.what, episode, now };
    case "bad":
    case "good":
    case "unknown":
    case "absent": {
      const at = now - each.ageMs;
      return {
        kind: "verdict",
        verdict: each.what,
        at,
        begunAt: at - each.tookMs,
        now,
        reason: each.what,
        stamp: at,
      };
    }
  }
}

/** Drives one alert as the monitor's loop does: one event, then the deadline if one is due. Everything given to it is frozen. */
function live(rule: RuleTiming, history: readonly Happens[]): readonly Turn[] {
  const turns: Turn[] = [];
  let now = 1_000_000;
  let alert: AlertRecord | undefined;
  const take = (event: AlertEvent): void => {
    const step = stepAlert(alert, rule, deepFreeze(event));
    turns.push({ before: alert, event, step });
    alert = deepFreeze(step.alert);
  };
  deepFreeze(rule);
  for (const each of history) {
    now += each.waitMs;
    const event = eventOf(alert, each, now);
    if (event !== undefined) take(event);
    const due = alert === undefined ? undefined : nextDeadline(alert, rule);
    if (due !== undefined && due <= now) take({ kind: "deadline", now });
  }
  return turns;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function holds(property: (rule: RuleTiming, turns: readonly Turn[]) => void): void {
  fc.assert(
    fc.property(rules, fc.array(happenings, { maxLength: 60 }), (rule, history) => {
      property(rule, live(rule, history));
    }),
    { numRuns: 400 },
  );
}

function edges(turns: readonly Turn[]): readonly (Turn & { readonly from: string; readonly to: string })[] {
  return turns.flatMap((turn) =>
    turn.step.effects.flatMap((effect) => (effect.effect === "transition" ? [{ ...turn, ...effect }] : [])),
  );
}

describe("whatever happens to an alert", () => {
  it("it never fires before `since` + `for`, and only on a fresh bad verdict", () => {
    holds((rule, turns) => {
      for (const { before, event, from, to } of edges(turns)) {
        if (from !== "pending" || to !== "firing" || before?.state !== "pending") continue;
        if (event.kind !== "verdict") throw new Error(`fired by ${event.kind}`);
        expect(event.verdict).toBe("bad");
        expect(event.at).toBeGreaterThanOrEqual(before.since + rule.forMs);
        if (rule.forMs > 0) expect(event.begunAt).toBeGreaterThanOrEqual(before.deadline);
        expect(before.bad + 1).toBeGreaterThanOrEqual(rule.minBad);
      }
    });
  });

  it("an event fires only on a bad verdict", () => {
    holds((rule, turns) => {
      for (const { event, from, to } of edges(turns)) {
        if (from !== "inactive" || to !== "firing") continue;
        expect(rule.hold).toBeDefined();
        expect(event).toMatchObject({ kind: "verdict", verdict: "bad" });
      }
    });
  });

  it("what fired has ended with a reason, or still fires", () => {
    holds((_rule, turns) => {
      let open: number | undefined;
      for (const { step } of turns) {
        for (const effect of step.effects) {
          if (effect.effect !== "transition") continue;
          if (effect.to === "firing" && effect.from !== "recovering") {
            expect(open).toBeUndefined();
            open = effect.episode;
          }
          if (effect.end !== undefined) {
            expect(effect.episode).toBe(open);
            open = undefined;
          }
        }
        expect(isEpisode(step.alert) ? step.alert.episode : undefined).toBe(open);
      }
    });
  });

  it("recovers only after enough good verdicts and enough known time, the last one fresh", () => {
    holds((rule, turns) => {
      for (const { before, event, step } of turns) {
        const end = step.effects.find((effect) => effect.effect === "transition")?.end;
        if (end !== "recovered" || event.kind !== "verdict") continue;
        expect(event.verdict).toBe("good");
        const goods = before?.state === "recovering" ? before.goods + 1 : 1;
        const since = before?.state === "recovering" ? before.goodSince : event.at;
        expect(goods).toBeGreaterThanOrEqual(rule.recoverAfter);
        expect(event.at - since).toBeGreaterThanOrEqual(rule.recoverForMs);
      }
    });
  });

  it("a deadline that was handled lies in the future or is none: nothing spins", () => {
    holds((rule, turns) => {
      for (const { event, step } of turns) {
        if (event.kind !== "deadline" || step.alert === undefined) continue;
        const due = nextDeadline(step.alert, rule);
        expect(due === undefined || due > event.now).toBe(true);
      }
    });
  });

  it("blindness is said once for each time that nothing is known", () => {
    holds((_rule, turns) => {
      let isBlind = false;
      for (const { step } of turns) {
        for (const { effect } of step.effects) {
          if (effect === "blind" || effect === "sighted") {
            expect(effect === "blind").toBe(!isBlind);
            isBlind = !isBlind;
          }
        }
        expect(step.alert?.blind ?? false).toBe(isBlind);
      }
    });
  });

  it("its record stays small", () => {
    holds((_rule, turns) => {
      for (const { step } of turns) expect(JSON.stringify(step.alert ?? {}).length).toBeLessThan(900);
    });
  });

  it("the same arguments give the same step", () => {
    holds((rule, turns) => {
      for (const { before, event, step } of turns) expect(stepAlert(before, rule, event)).toEqual(step);
    });
  });

  it("a record that remembers nothing is none", () => {
    holds((_rule, turns) => {
      for (const { step } of turns) expect(step.alert).not.toEqual({ state: "inactive" });
    });
  });
});
