import { describe, expect, test } from "@jest/globals";

import { heartbeat, judgeHeartbeat } from "../../src/checks/heartbeat.js";
import type { Heartbeat } from "../../src/domain/heartbeat.js";
import { describeCheckType } from "../contracts/check-type.js";
import { nothingIncoming, probeContext } from "../support/probe-context.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Wednesday. */
const NOON = Date.UTC(2026, 2, 4, 12);

/** A receiver that was always there, unless said otherwise. */
function beat(differing: Partial<Heartbeat> = {}): Heartbeat {
  return { now: NOON, since: NOON - 30 * DAY, receiverUp: [{ from: 0, to: NOON }], ...differing };
}

function ended(
  agoMs: number,
  differing: Partial<NonNullable<Heartbeat["lastEnd"]>> = {},
): Partial<Heartbeat> {
  return { lastEnd: { kind: "ok", at: NOON - agoMs, ...differing } };
}

describeCheckType({
  type: heartbeat,
  network: false,
  start: () => Promise.resolve({ close: () => Promise.resolve() }),
  keys: () => ({ every: "1h", grace: "5m" }),
  context: {
    incoming: {
      ...nothingIncoming,
      heartbeat: () =>
        Promise.resolve({ ok: true, value: beat(ended(MINUTE, { exitCode: 0, durationMs: 3 })) }),
    },
  },
});

function judged(
  keys: Readonly<Record<string, string>>,
  state: Heartbeat,
): readonly [string, string | undefined] {
  const { outcome, reason } = judgeHeartbeat(heartbeat.schema.parse(keys), state);
  return [outcome, reason];
}

const HOURLY = { every: "1h", grace: "5m" };

describe("a job that pings every hour", () => {
  test.each([
    ["has just ended", ended(0), "good"],
    ["ended within its time and grace", ended(65 * MINUTE), "good"],
    ["is a moment late", ended(65 * MINUTE + 1), "bad"],
    ["has failed", ended(0, { kind: "fail" }), "bad"],
    ["has never pinged, and has time left", { since: NOON - 65 * MINUTE }, "unknown"],
    ["has never pinged in its time", { since: NOON - 65 * MINUTE - 1 }, "bad"],
    ["pinged long ago, but is looked at anew", { ...ended(DAY), since: NOON - HOUR }, "good"],
    ["only began, and never ended in its time", { since: NOON - 2 * HOUR, startedAt: NOON - MINUTE }, "bad"],
  ] as const)("that %s", (_, state, outcome) => {
    expect(judged(HOURLY, beat(state))[0]).toBe(outcome);
  });

  test("says what it said last when it failed, and for how long it was not heard of", () => {
    const failed = ended(2 * MINUTE, { kind: "fail", exitCode: 3, body: "line one\n\u001b[31mdisk full\n" });
    expect(judged(HOURLY, beat(failed))).toEqual([
      "bad",
      "failed with exit code 3 2 min ago: ␛[31mdisk full",
    ]);
    expect(judged(HOURLY, beat(ended(3 * HOUR)))).toEqual(["bad", "not heard of for 3 h"]);
    expect(judged(HOURLY, beat({ ...ended(3 * HOUR), startedAt: NOON - 2 * HOUR }))[1]).toBe(
      "not heard of for 3 h; a run began 2 h ago and did not end",
    );
    expect(judged(HOURLY, beat({ since: NOON - DAY }))).toEqual(["bad", "never heard of in 24 h"]);
  });

  test("gives what it knows as fields, the age without the time of nobody", () => {
    const spec = heartbeat.schema.parse(HOURLY);
    const state = beat({
      ...ended(HOUR, { exitCode: 0, durationMs: 5 }),
      receiverUp: [
        { from: 0, to: NOON - 50 * MINUTE },
        { from: NOON - 20 * MINUTE, to: NOON },
      ],
    });
    expect(judgeHeartbeat(spec, state).fields).toEqual({ age_s: 1_800, exit_code: 0, duration_ms: 5 });
  });
});

describe("a receiver that was down", () => {
  const minutely = { every: "1m", grace: "1m" };
  const downFor = (ms: number, backMs: number): Heartbeat["receiverUp"] => [
    { from: 0, to: NOON - ms - backMs },
    ...(backMs === 0 ? [] : [{ from: NOON - backMs, to: NOON }]),
  ];

  test("for ten minutes makes no job that pings every minute late", () => {
    for (let backMs = 0; backMs < 90 * SECOND; backMs += SECOND) {
      const state = beat({
        ...ended(10 * MINUTE + 30 * SECOND + backMs),
        receiverUp: downFor(10 * MINUTE, backMs),
      });
      expect(judged(minutely, state)[0]).not.toBe("bad");
    }
  });

  test("gives a job that died meanwhile its whole time, and no more", () => {
    const state = (backMs: number): Heartbeat =>
      beat({ ...ended(10 * MINUTE + 30 * SECOND + backMs), receiverUp: downFor(10 * MINUTE, backMs) });
    expect(judged(minutely, state(90 * SECOND))[0]).toBe("good");
    expect(judged(minutely, state(90 * SECOND + 1))).toEqual([
      "bad",
      "not heard of for 12 min (10 min more without a receiver are not counted)",
    ]);
  });

  test("and is still down makes unknown what would be late, and says so", () => {
    const state = beat({ ...ended(10 * MINUTE), receiverUp: downFor(9 * MINUTE, 0) });
    expect(judged(minutely, state)).toEqual([
      "unknown",
      "no receiver is there to hear a ping: is `tocsin serve` running? Last heard of 10 min ago",
    ]);
    expect(judged({ every: "1d" }, state)[0]).toBe("good");
  });

  test("keeps no failure from being told", () => {
    const state = beat({ ...ended(10 * MINUTE, { kind: "fail" }), receiverUp: downFor(9 * MINUTE, 0) });
    expect(judged(minutely, state)[0]).toBe("bad");
  });

  test("does not count for how long a run takes", () => {
    const keys = { every: "1d", max_run: "5m" };
    const running = { ...ended(HOUR), startedAt: NOON - 14 * MINUTE };
    expect(judged(keys, beat({ ...running, receiverUp: downFor(10 * MINUTE, MINUTE) }))[0]).toBe("good");
    expect(judged(keys, beat(running))).toEqual(["bad", "runs for 14 min, may run for 5m"]);
  });
});

describe("a job that runs by cron", () => {
  const nightly = { cron: "0 3 * * *", timezone: "Europe/Berlin", grace: "45m" };
  /** Three in the morning in Berlin, in winter. */
  const due = Date.UTC(2026, 2, 4, 2);
  const at = (now: number, lastEnd?: number): Heartbeat => ({
    now,
    since: due - 30 * DAY,
    receiverUp: [{ from: 0, to: now }],
    ...(lastEnd === undefined ? {} : { lastEnd: { kind: "ok", at: lastEnd } }),
  });

  test.each([
    ["before its time", at(due - 1, due - DAY + MINUTE), "good"],
    ["within its grace", at(due + 45 * MINUTE, due - DAY + MINUTE), "good"],
    ["after its grace", at(due + 45 * MINUTE + 1, due - DAY + MINUTE), "bad"],
    ["when it pinged in time", at(due + 5 * HOUR, due + MINUTE), "good"],
    ["when its clock is a little ahead", at(due + 5 * HOUR, due - 20 * SECOND), "good"],
    ["when somebody ran it by hand an hour before", at(due + HOUR, due - HOUR), "bad"],
  ])("%s", (_, state, outcome) => {
    expect(judged(nightly, state)[0]).toBe(outcome);
  });

  test("goes by the clock of its zone when that is moved", () => {
    const summer = Date.UTC(2026, 2, 30, 1);
    expect(judged(nightly, at(summer + 46 * MINUTE, summer - DAY + MINUTE))[0]).toBe("bad");
    expect(
      judged({ ...nightly, timezone: "UTC" }, at(summer + 46 * MINUTE, summer - DAY + 2 * HOUR))[0],
    ).toBe("good");
  });

  test("every minute may be half a tick early, not a whole one", () => {
    const keys = { cron: "* * * * *", grace: "0s" };
    expect(judged(keys, at(due + 59 * SECOND, due - 15 * SECOND))[0]).toBe("good");
    expect(judged(keys, at(due + 59 * SECOND, due - 16 * SECOND))[0]).toBe("bad");
  });

  test("that has never pinged is unknown until its first time has passed, then bad", () => {
    const fresh = (now: number): Heartbeat => ({ ...at(now), since: due - HOUR });
    expect(judged(nightly, fresh(due + 45 * MINUTE))[0]).toBe("unknown");
    expect(judged(nightly, fresh(due + 45 * MINUTE + 1))[0]).toBe("bad");
  });
});

describe("its configuration", () => {
  test.each([
    ["neither every nor cron", {}],
    ["both", { every: "1h", cron: "0 3 * * *" }],
    ["a line that is none", { cron: "61 3 * * *" }],
    ["a line of six fields", { cron: "0 0 3 * * *" }],
    ["a time that never comes", { cron: "0 3 30 2 *" }],
    ["a zone that is none", { cron: "0 3 * * *", timezone: "Berlin" }],
  ])("refuses %s", (_, keys) => {
    expect(heartbeat.schema.safeParse(keys).success).toBe(false);
  });

  test("shows what is waited for", () => {
    expect(heartbeat.target(heartbeat.schema.parse(HOURLY))).toBe("a ping every 1h, 5m late at most");
    expect(heartbeat.target(heartbeat.schema.parse({ cron: "0 3 * * *" }))).toBe(
      "a ping by 0 3 * * * UTC, 5m late at most",
    );
  });
});

test("while the store is away nothing is known", async () => {
  const incoming = {
    ...nothingIncoming,
    heartbeat: () => Promise.resolve({ ok: false, reason: "the store\nis away" } as const),
  };
  const [reading] = await heartbeat.probe(heartbeat.schema.parse(HOURLY), probeContext({ incoming }));
  expect(reading).toEqual({
    outcome: "unknown",
    reason: "pings cannot be read: the store is away",
    fields: {},
  });
});
