import { describe, expect, it } from "@jest/globals";

import { foldTime } from "../../src/domain/monitor-machine.js";
import { checkOfAlert } from "../../src/domain/monitor-plan.js";
import { monitorDue } from "../support/monitor-due.js";
import { checksPlan, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const SECOND = 1_000;
const slice = checksPlan(["api/a", "api/b", "api/c", "db/a", "db/b"], {
  rules: [rulePlan({ forMs: 20 * SECOND, minBad: 1 })],
});

/** First bad so many milliseconds after each other: which are asked for a fresh reading, when, counted in the same way. */
function confirmed(first: Readonly<Record<string, number>>): readonly string[] {
  const seen = Object.fromEntries(
    Object.entries(first).map(([check, at]) => [
      `${check}/not-ready`,
      { verdict: "bad" as const, ageMs: SECOND - at },
    ]),
  );
  let state = sweep(planned(slice), slice, seen, SECOND, { begunAt: 0 }).state;
  const asked: string[] = [];
  for (;;) {
    const at = monitorDue(state, slice)?.at ?? Infinity;
    if (at > 22 * SECOND) return asked;
    const step = foldTime(state, slice, at);
    const checks = step.effects.flatMap((each) =>
      each.effect === "confirm" ? [checkOfAlert(each.alert)] : [],
    );
    asked.push(`${at - 20 * SECOND}: ${checks.sort().join(" ")}`);
    state = step.state;
  }
}

describe("deadlines that are close together (lifecycle 6)", () => {
  it.each<readonly [string, Readonly<Record<string, number>>, readonly string[]]>([
    [
      "what fires in one service within the same second, at most three quarters of one late",
      { "api/a": 0, "api/b": 400, "api/c": 750 },
      ["750: api/a api/b api/c"],
    ],
    ["nothing that comes later than that", { "api/a": 0, "api/b": 751 }, ["0: api/a", "751: api/b"]],
    [
      "another service only when it is due within a quarter",
      { "api/a": 0, "db/a": 250 },
      ["250: api/a db/a"],
    ],
    ["no other service for longer", { "api/a": 0, "db/a": 251 }, ["0: api/a", "251: db/a"]],
    [
      "each service by itself, when the other one waits for more of its own",
      { "api/a": 0, "db/a": 100, "db/b": 800 },
      ["0: api/a", "800: db/a db/b"],
    ],
    [
      "two services that both wait, when neither waits longer than it may",
      { "api/a": 0, "api/b": 600, "db/a": 50, "db/b": 700 },
      ["700: api/a api/b db/a db/b"],
    ],
    [
      "no two services, when one would wait too long",
      { "api/a": 0, "api/b": 600, "db/a": 100, "db/b": 800 },
      ["600: api/a api/b", "800: db/a db/b"],
    ],
  ])("are decided together: %s", (_name, first, expected) => {
    expect(confirmed(first)).toEqual(expected);
  });

  it("are named beside the timer by the first of those that it is for", () => {
    const { state } = sweep(
      planned(slice),
      slice,
      {
        "db/a/not-ready": { verdict: "bad", ageMs: 900 },
        "db/b/not-ready": { verdict: "bad", ageMs: 200 },
        "api/a/not-ready": { verdict: "bad", ageMs: 500 },
      },
      SECOND,
      { begunAt: 0 },
    );
    expect(monitorDue(state, slice)).toEqual({
      at: 20_500,
      what: "page if api/a/not-ready is still bad",
    });
  });

  it("are one event of many victims beyond twenty within a second, whatever their services", () => {
    const many = checksPlan(
      Array.from({ length: 21 }, (_, index) => `s${index}/a`),
      {
        rules: [rulePlan({ forMs: 20 * SECOND })],
      },
    );
    const seen = Object.fromEntries(
      many.checks.map(({ key }, index) => [
        `${key}/not-ready`,
        { verdict: "bad" as const, ageMs: index * 45 },
      ]),
    );
    const { state } = sweep(planned(many), many, seen, SECOND, { begunAt: 0 });
    expect(monitorDue(state, many)?.at).toBe(21 * SECOND);
    expect(foldTime(state, many, 21 * SECOND - 1).effects).toEqual([]);
    expect(foldTime(state, many, 21 * SECOND).effects).toHaveLength(21);
  });
});
