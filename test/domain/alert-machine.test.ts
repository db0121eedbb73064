import { describe, expect, it } from "@jest/globals";

import { type PlayOptions, playAlert } from "../support/alert-story.js";
import { expectTimeline, parseTimeline } from "../support/timeline.js";

function expectStory(text: string, expected: string, options?: PlayOptions): void {
  const line = parseTimeline(text);
  expectTimeline(line, expected, playAlert(line, options).seen);
}

describe("`for` (lifecycle 3)", () => {
  it.each([
    ["two minutes are two minutes from the first bad reading", "bad from 1:00", "pending 1:00, firing 3:00"],
    [
      "whatever the interval, because the deadline has a probe of its own",
      "every 45s; bad from 0:45",
      "pending 0:45, firing 2:45",
    ],
    ["an interval longer than `for` too", "every 5m; bad from 5:00", "pending 5:00, firing 7:00"],
    [
      "a target that is good at the deadline pages nobody",
      "bad from 1:00 to 3:00",
      "pending 1:00, cleared 3:00",
    ],
    [
      "one good reading clears, and the next bad one counts from its own time",
      "bad from 1:00 to 2:30; bad from 3:00",
      "pending 1:00, cleared 2:30, pending 3:00, firing 5:00",
    ],
    ["degraded is good", "bad from 1:00 to 2:00; degraded from 2:00", "pending 1:00, cleared 2:00"],
    [
      "unknown neither counts nor resets",
      "bad from 1:00; unknown from 1:30 to 2:00; until 5:00",
      "pending 1:00, firing 3:00",
    ],
    [
      "unknown at the deadline waits for the next known reading",
      "bad from 1:00; unknown from 3:00 to 4:00; until 5:00",
      "pending 1:00, firing 4:00",
    ],
    [
      "unknown at the deadline and good after it pages nobody",
      "bad from 1:00 to 3:00; unknown from 3:00 to 4:00; until 8:00",
      "pending 1:00, cleared 4:00",
    ],
    [
      "zero fires with the second bad reading, taken at once",
      "bad from 1:00; for: 0s",
      "pending 1:00, firing 1:00",
    ],
    [
      "a subject that is no longer reported is dropped",
      "bad from 1:00; absent from 2:00",
      "pending 1:00, cleared 2:00",
    ],
    ["a rule that is deleted says nothing", "bad from 1:00; at 2:10 delete; until 2:15", "pending 1:00"],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("takes as long as the confirming probe takes, and no longer", () => {
    expectStory("bad from 1:00; until 5:00", "pending 1:05, firing 3:10", { probeMs: 5_000 });
  });

  it("does not take a sweep for the confirmation that began before the deadline", () => {
    // The sweep of 3:00 comes back at 3:12, after the deadline at 3:05, and is not believed: the probe of 3:05 is.
    const line = parseTimeline("every 60s; bad from 1:00 to 4:00; for: 1m55s; until 4:00");
    const { seen } = playAlert(line, { probeMs: 12_000, confirms: true });
    expectTimeline(line, "pending 1:12, confirm 3:07, firing 3:19", seen);
  });

  it.each([
    [1, "pending 1:00, firing 1:20"],
    [2, "pending 1:00, firing 1:20"],
    [3, "pending 1:00, firing 1:30"],
    [5, "pending 1:00, firing 2:30"],
  ])("with min_bad %s does not fire on fewer bad readings than that", (minBad, expected) => {
    expectStory("bad from 1:00; for: 20s; until 4:00", expected, { rule: { minBad } });
  });

  it("says the numbers it was decided on", () => {
    const { transitions } = playAlert(parseTimeline("bad from 1:00"));
    expect(transitions[1]?.facts).toEqual({
      bad: 5,
      coverage: 1,
      since: 60_000,
      deadline: 180_000,
      late_ms: 0,
      grace: false,
      blind_ms: 0,
    });
    expect(transitions[1]?.episode).toBe(180);
  });
});

describe("a monitor that was down across the deadline (lifecycle 3)", () => {
  it.each([
    [
      "gives one grace of a minute and then fires",
      "bad from 1:00; at 1:40 down; at 11:00 up; until 14:00",
      "pending 1:00, firing 12:00",
    ],
    [
      "gives a grace of `for` where that is shorter",
      "every 5s; bad from 1:00; for: 20s; at 1:07 down; at 11:00 up; until 12:00",
      "pending 1:00, firing 11:20",
    ],
    [
      "pages nobody when the target is good again",
      "bad from 1:00 to 9:00; at 1:40 down; at 11:00 up; until 14:00",
      "pending 1:00, cleared 11:00",
    ],
    [
      "pages nobody when it is good within the grace",
      "bad from 1:00 to 11:30; at 1:40 down; at 11:00 up; until 14:00",
      "pending 1:00, cleared 11:30",
    ],
    [
      "waits for known readings after the grace, and gives no second one",
      "bad from 1:00; unknown from 11:30 to 13:00; at 1:40 down; at 11:00 up; until 15:00",
      "pending 1:00, firing 13:00",
    ],
    [
      "needs no grace when it saw enough of the time",
      "bad from 1:00; at 2:35 down; at 2:55 up; until 5:00",
      "pending 1:00, firing 3:00",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("states the blind time with the page", () => {
    const { transitions, alert } = playAlert(
      parseTimeline("bad from 1:00; at 1:40 down; at 11:00 up; until 14:00"),
    );
    expect(transitions[1]?.facts).toMatchObject({ grace: true, since: 60_000 });
    // From 1:30, vouched for 45 s, to 11:00.
    expect(alert).toMatchObject({ state: "firing", blindMs: (9 * 60 + 30 - 45) * 1_000 });
  });

  it("a sweep's way back is no blindness", () => {
    // Readings are 8 s old when they come back, of a `for` of 10 s: all of it was seen all the same.
    expectStory("every 5s; bad from 1:00; for: 10s; until 2:00", "pending 1:08, firing 1:26", {
      probeMs: 8_000,
    });
  });
});

describe("event rules (lifecycle 3)", () => {
  const hold = { rule: { hold: "until_ack" } } as const;

  it.each([
    [
      "fire at once and stay for their hold",
      "bad from 1:00 to 1:30; hold: 15m; until 20:00",
      "firing 1:00, hold over 16:00",
    ],
    [
      "stay for their hold from the last bad reading",
      "bad from 1:00 to 1:30; bad from 5:00 to 5:30; hold: 15m; until 25:00",
      "firing 1:00, hold over 20:00",
    ],
    [
      "stay although their subject is gone",
      "bad from 1:00 to 1:30; absent from 1:30; hold: 20m; until 25:00",
      "firing 1:00, hold over 21:00",
    ],
    [
      "fire again after a release only when it is quiet no more",
      "bad from 1:00; hold: 15m; at 2:10 release; until 8:00",
      "firing 1:00, released 2:10, firing 7:30",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("stay until somebody acknowledges", () => {
    expectStory(
      "bad from 1:00 to 1:30; at 40:00 acknowledge; until 50:00",
      "firing 1:00, hold over 40:00",
      hold,
    );
  });

  it("until then not even a subject that is gone ends them", () => {
    expectStory(
      "bad from 1:00 to 1:30; absent from 1:30; at 40:00 acknowledge; until 50:00",
      "firing 1:00, hold over 40:00",
      hold,
    );
  });

  it("do not fire anew because somebody acknowledged while they were still bad", () => {
    expectStory(
      "bad from 1:00 to 5:00; at 3:10 acknowledge; until 10:00",
      "firing 1:00, recovering 5:00, recovered 6:00",
      hold,
    );
  });

  it("do not take an acknowledgement of another episode", () => {
    const { alert } = playAlert(parseTimeline("bad from 1:00 to 1:30; until 2:00"), hold);
    expect(alert).toMatchObject({ state: "firing", heldFrom: 60_000, episode: 60 });
  });
});

describe("recovery (lifecycle 4)", () => {
  it.each([
    [
      "takes two good readings over a minute, the last one begun after it",
      "bad from 1:00 to 5:00",
      "pending 1:00, firing 3:00, recovering 5:00, recovered 6:00",
    ],
    [
      "has a probe of its own when the interval is longer than `recover_for`",
      "every 5m; bad from 5:00 to 15:00; until 20:00",
      "pending 5:00, firing 7:00, recovering 15:00, recovered 16:00",
    ],
    [
      "one bad reading between returns to the same episode, silently",
      "bad from 1:00 to 5:00; bad from 5:30 to 6:00; until 10:00",
      "pending 1:00, firing 3:00, recovering 5:00, firing again 5:30, recovering 6:00, recovered 7:00",
    ],
    [
      "unknown time does not count: a minute must be known",
      "bad from 1:00 to 5:00; unknown from 5:30 to 8:00; until 12:00",
      "pending 1:00, firing 3:00, recovering 5:00, recovered 8:15",
    ],
    [
      "no recovery while nothing is known",
      "bad from 1:00 to 5:00; unknown from 5:00 to 9:00; until 9:30",
      "pending 1:00, firing 3:00, recovering 9:00",
    ],
    [
      "a monitor that is down resolves nothing when it is up again",
      "bad from 1:00; at 5:10 down; at 9:00 up; until 10:00",
      "pending 1:00, firing 3:00",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("keeps the episode and counts the flap", () => {
    const { transitions } = playAlert(
      parseTimeline("bad from 1:00 to 5:00; bad from 5:30 to 6:00; until 10:00"),
    );
    const again = transitions.find(({ from, to }) => from === "recovering" && to === "firing");
    expect(again).toMatchObject({ episode: 180, facts: { flaps: 1 } });
    expect(transitions.at(-1)).toMatchObject({ episode: 180, end: "recovered", facts: { flaps: 1 } });
  });

  it("asks for the probe that may resolve, and does not believe a sweep that began before", () => {
    const line = parseTimeline("bad from 1:00 to 5:00; until 8:00");
    const { seen } = playAlert(line, { probeMs: 5_000, confirms: true });
    expectTimeline(
      line,
      "pending 1:05, confirm 3:05, firing 3:10, recovering 5:05, confirm 6:05, recovered 6:10",
      seen,
    );
  });

  it.each([
    [1, 0, "recovering 5:00, recovered 5:00"],
    [2, 0, "recovering 5:00, recovered 5:30"],
    [5, 60_000, "recovering 5:00, recovered 6:30"],
    [2, 300_000, "recovering 5:00, recovered 10:00"],
  ])("takes recover_after %s and recover_for %s ms", (recoverAfter, recoverForMs, expected) => {
    expectStory("bad from 1:00 to 5:00; until 12:00", `pending 1:00, firing 3:00, ${expected}`, {
      rule: { recoverAfter, recoverForMs },
    });
  });
});

describe("nothing known (lifecycle 4)", () => {
  it.each([
    ["is blindness after `unknown_for`, once", "unknown from 1:00; until 30:00", "blind 6:00"],
    [
      "ends with the first known reading",
      "unknown from 1:00 to 8:00; until 20:00",
      "blind 6:00, sighted 8:00",
    ],
    ["is none before that", "unknown from 1:00 to 5:30; until 20:00", ""],
    [
      "is blindness again when it comes again",
      "unknown from 1:00 to 8:00; unknown from 9:00 to 15:00; until 20:00",
      "blind 6:00, sighted 8:00, blind 14:00, sighted 15:00",
    ],
    [
      "leaves what fires firing",
      "bad from 1:00 to 4:00; unknown from 4:00; until 60:00",
      "pending 1:00, firing 3:00, blind 9:00",
    ],
    [
      "leaves what is pending pending",
      "bad from 1:00 to 2:00; unknown from 2:00; until 60:00",
      "pending 1:00, blind 7:00",
    ],
    [
      "does not end with the hold of an event",
      "bad from 1:00 to 1:30; unknown from 1:30; hold: 15m; until 60:00",
      "firing 1:00, blind 6:30, hold over 16:00",
    ],
    [
      "does not end because somebody released the alert",
      "bad from 1:00 to 4:00; unknown from 4:00; at 10:10 release; until 60:00",
      "pending 1:00, firing 3:00, blind 9:00, released 10:10",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("is said of what fires: no data since", () => {
    const { alert } = playAlert(parseTimeline("bad from 1:00 to 4:00; unknown from 4:00; until 5:00"));
    expect(alert).toMatchObject({ state: "firing", unknownSince: 240_000, unknownReason: "unknown" });
  });
});

describe("subjects that disappear (lifecycle 4)", () => {
  it.each([
    [
      "end as gone after 15 minutes in which the check was good",
      "bad from 1:00 to 5:00; absent from 5:00; until 40:00",
      "pending 1:00, firing 3:00, gone 20:00",
    ],
    [
      "time in which nothing was known does not count",
      "bad from 1:00 to 5:00; absent from 5:00; unknown from 10:00 to 13:00; until 40:00",
      "pending 1:00, firing 3:00, gone 23:00",
    ],
    [
      "come back bad as the same episode, and the time begins anew",
      "bad from 1:00 to 5:00; absent from 5:00; bad from 15:00 to 15:30; until 40:00; absent from 15:30",
      "pending 1:00, firing 3:00, gone 30:30",
    ],
    [
      "come back good and recover",
      "bad from 1:00 to 5:00; absent from 5:00 to 10:00; until 20:00",
      "pending 1:00, firing 3:00, recovering 10:00, recovered 11:00",
    ],
    [
      "are no blindness: the check answers",
      "bad from 1:00 to 5:00; absent from 5:00; until 19:00; unknown_for: 1m",
      "pending 1:00, firing 3:00",
    ],
    [
      "are blindness from when the check does not answer any more",
      "bad from 1:00 to 5:00; absent from 5:00 to 10:00; unknown from 10:00; until 20:00",
      "pending 1:00, firing 3:00, blind 15:00",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("carry the overlay unknown with the reason", () => {
    const { alert } = playAlert(parseTimeline("bad from 1:00 to 5:00; absent from 5:00; until 6:00"));
    expect(alert).toMatchObject({
      state: "firing",
      unknownSince: 300_000,
      unknownReason: "no longer reported",
    });
  });
});

describe("released by hand (lifecycle 1)", () => {
  it.each([
    [
      "is inactive, and a new episode after five minutes when it is still bad",
      "bad from 1:00; at 4:10 release; until 12:00",
      "pending 1:00, firing 3:00, released 4:10, pending 4:30, firing 9:10",
    ],
    [
      "or after its `for`, where that is longer",
      "bad from 1:00; for: 10m; at 12:10 release; until 25:00",
      "pending 1:00, firing 11:00, released 12:10, pending 12:30, firing 22:30",
    ],
    [
      "stays inactive when it is good",
      "bad from 1:00 to 4:00; at 3:10 release; until 12:00",
      "pending 1:00, firing 3:00, released 3:10, pending 3:30, cleared 4:00",
    ],
    [
      "is quiet only while it is still bad: what breaks anew after a good reading takes no longer than its `for`",
      "bad from 1:00 to 4:30; bad from 5:00; at 4:10 release; until 12:00",
      "pending 1:00, firing 3:00, released 4:10, pending 5:00, firing 7:00",
    ],
    [
      "an event that was good since fires at once",
      "bad from 1:00 to 4:30; bad from 5:00 to 5:30; hold: 15m; at 4:10 release; until 12:00",
      "firing 1:00, released 4:10, firing 5:00",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("leaves nothing behind once it has been good and quiet", () => {
    const { alert } = playAlert(parseTimeline("bad from 1:00 to 3:30; at 3:10 release; until 12:00"));
    expect(alert).toBeUndefined();
  });
});

describe("a deleted rule (lifecycle 4)", () => {
  it("ends what fires, with that reason", () => {
    expectStory("bad from 1:00 to 5:00; at 5:00 delete", "pending 1:00, firing 3:00, rule deleted 5:00");
  });
});

describe("a pause of the check (lifecycle 5)", () => {
  it.each([
    [
      "freezes `for` with the time that was left",
      "bad from 1:00; at 2:10 pause; at 30:10 resume; until 35:00",
      // 50 s were left at 2:10. What was seen before the pause still covers its share of the time.
      "pending 1:00, firing 31:00",
    ],
    [
      "one fresh reading decides when no time was left",
      "bad from 1:00; unknown from 3:00 to 4:00; at 3:10 pause; at 30:10 resume; until 31:00",
      "pending 1:00, firing 30:10",
    ],
    [
      "and a good one clears",
      "bad from 1:00 to 20:00; at 2:10 pause; at 30:10 resume; until 35:00",
      "pending 1:00, cleared 30:30",
    ],
    [
      "freezes recovery",
      "bad from 1:00 to 5:00; at 5:10 pause; at 30:10 resume; until 35:00",
      "pending 1:00, firing 3:00, recovering 5:00, recovered 31:00",
    ],
    [
      "freezes the hold of an event",
      "bad from 1:00 to 1:30; hold: 15m; at 6:00 pause; at 26:00 resume; until 45:00",
      "firing 1:00, hold over 36:00",
    ],
    [
      "freezes the clock of blindness",
      "unknown from 1:00; at 3:00 pause; at 33:00 resume; until 45:00",
      "blind 36:00",
    ],
    [
      "freezes the quiet after a release",
      "bad from 1:00; at 4:10 release; at 5:10 pause; at 35:10 resume; until 45:00",
      "pending 1:00, firing 3:00, released 4:10, pending 4:30, firing 39:10",
    ],
    [
      "leaves what fires firing",
      "bad from 1:00; at 4:10 pause; at 30:10 resume; until 31:00",
      "pending 1:00, firing 3:00",
    ],
  ])("%s", (_name, line, expected) => {
    expectStory(line, expected);
  });

  it("does not move the time of the first bad reading that people are told", () => {
    const { alert } = playAlert(parseTimeline("bad from 1:00; at 2:10 pause; at 30:10 resume; until 35:00"));
    expect(alert).toMatchObject({ state: "firing", since: 60_000, blindMs: 0 });
  });
});
