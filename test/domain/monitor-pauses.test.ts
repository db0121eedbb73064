import { describe, expect, it } from "@jest/globals";

import { foldTime } from "../../src/domain/monitor-machine.js";
import { addPause, pauseOf, removePause, scopeText } from "../../src/domain/monitor-pauses.js";
import type { MonitorPause, MonitorState } from "../../src/domain/monitor-state.js";
import { sliceOf } from "../../src/domain/telling.js";
import { checksPlan, planned, sweep } from "../support/monitor-story.js";
import { rulePlan } from "../support/plans.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const slice = checksPlan(["api/ready", "api/live", "db/up"], { rules: [rulePlan({ minBad: 1, forMs: 0 })] });
const READY = "api/ready/not-ready";
const LIVE = "api/live/not-ready";
const UP = "db/up/not-ready";

const firing: MonitorState = {
  ...sweep(planned(slice), slice, { [READY]: "bad", [LIVE]: "bad", [UP]: "bad" }, SECOND).state,
  tellings: {},
};

function pause(
  scope: { readonly service?: string; readonly check?: string },
  untilMs = 60 * MINUTE,
): MonitorPause {
  return { ...scope, by: "ada", at: 2 * SECOND, until: untilMs };
}

function frozen(state: MonitorState): readonly string[] {
  return Object.entries(state.alerts).flatMap(([alert, { pausedAt }]) =>
    pausedAt === undefined ? [] : [alert],
  );
}

describe("a pause covers (lifecycle 5)", () => {
  it.each([
    ["the whole system", {}, [READY, LIVE, UP]],
    ["api", { service: "api" }, [READY, LIVE]],
    ["api/ready", { service: "api", check: "ready" }, [READY]],
  ])("%s, and nothing else", (text, scope, covered) => {
    const { state, effects } = addPause(firing, slice, pause(scope), 2 * SECOND);
    expect(new Set(frozen(state))).toEqual(new Set(covered));
    expect(effects).toEqual([]);
    expect(scopeText(scope)).toBe(text);
  });

  it("each check by the longest of its pauses", () => {
    let { state } = addPause(firing, slice, pause({ service: "api" }, 10 * MINUTE), 2 * SECOND);
    ({ state } = addPause(state, slice, pause({ service: "api", check: "ready" }, 30 * MINUTE), 2 * SECOND));
    expect(pauseOf(state, "api/ready", MINUTE)?.until).toBe(30 * MINUTE);
    expect(pauseOf(state, "api/live", MINUTE)?.until).toBe(10 * MINUTE);
    expect(pauseOf(state, "api/live", 10 * MINUTE)).toBeUndefined();
    expect(pauseOf(state, "db/up", MINUTE)).toBeUndefined();
    expect(frozen(foldTime(state, slice, 10 * MINUTE).state)).toEqual([READY]);
  });
});

describe("what is paused", () => {
  it("is told, with who and until when", () => {
    const { state } = addPause(firing, slice, pause({ service: "api", check: "ready" }), 2 * SECOND);
    expect(Object.keys(state.tellings)).toEqual(["api"]);
    const members = sliceOf(state, slice, "api").list;
    expect(members.map(({ alert, paused }) => [alert, paused])).toEqual([
      [`kohakku/${LIVE}`, undefined],
      [`kohakku/${READY}`, { by: "ada", until: 60 * MINUTE }],
    ]);
  });

  it("is told again when the pause is set anew", () => {
    const once = addPause(firing, slice, pause({ service: "api" }), 2 * SECOND).state;
    const { state } = addPause(
      { ...once, tellings: {} },
      slice,
      pause({ service: "api" }, 90 * MINUTE),
      3 * SECOND,
    );
    expect(state.tellings.api?.dirty).toBe(true);
    expect(state.pauses).toHaveLength(1);
    expect(sliceOf(state, slice, "api").list[0]?.paused?.until).toBe(90 * MINUTE);
  });

  it("of a severity that is never sent is not told", () => {
    const info = checksPlan(["api/ready"], { rules: [rulePlan({ minBad: 1, forMs: 0, severity: "info" })] });
    const seen = sweep(planned(info), info, { [READY]: "bad" }, SECOND).state;
    expect(addPause(seen, info, pause({}), 2 * SECOND).state.tellings).toEqual({});
  });

  it("goes on when the pause is over, and its incident hears that", () => {
    const paused = addPause(firing, slice, pause({ service: "db" }, 30 * SECOND), 2 * SECOND).state;
    const over = foldTime({ ...paused, tellings: {} }, slice, 30 * SECOND);
    expect(over.state.pauses).toEqual([]);
    expect(frozen(over.state)).toEqual([]);
    expect(Object.keys(over.state.tellings)).toEqual(["db"]);
  });

  it("that was only pending keeps the time it had left", () => {
    const slow = checksPlan(["api/ready"], { rules: [rulePlan()] });
    const pending = sweep(planned(slow), slow, { [READY]: "bad" }, SECOND).state;
    const paused = addPause(pending, slow, pause({}, 10 * MINUTE), 31 * SECOND).state;
    const over = foldTime(paused, slow, 10 * MINUTE).state;
    expect(over.alerts[READY]).toMatchObject({ state: "pending", deadline: 10 * MINUTE + 90 * SECOND });
    expect(over.tellings).toEqual({});
  });
});

describe("ending pauses by hand", () => {
  const paused = [
    pause({}),
    pause({ service: "api" }),
    pause({ service: "api", check: "ready" }),
    pause({ service: "db" }),
  ].reduce((state, each) => addPause(state, slice, each, 2 * SECOND).state, firing);

  it.each([
    ["without a scope ends all", {}, 0],
    ["of a service ends its own and those of its checks", { service: "api" }, 2],
    ["of a check ends that one", { service: "api", check: "ready" }, 3],
    ["of what is not paused ends none", { service: "other" }, 4],
  ])("%s", (_name, scope, left) => {
    expect(removePause(paused, slice, scope, 3 * SECOND).state.pauses).toHaveLength(left);
  });

  it("thaws only what no other pause covers", () => {
    const { state } = removePause(paused, slice, { service: "db" }, 3 * SECOND);
    expect(frozen(state)).toContain(UP);
    expect(frozen(removePause(paused, slice, {}, 3 * SECOND).state)).toEqual([]);
  });
});
