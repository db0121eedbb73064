import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { edges, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { phases, type Look } from "../support/tocsin-sweeps.js";

const MASKED: Look = { verdict: "unknown", reason: "no route on this worker" };

describe("a rule that says two minutes", () => {
  it.each([
    { everyMs: 5 * SECOND, sweepMs: 0 },
    { everyMs: 15 * SECOND, sweepMs: 400 },
    { everyMs: 30 * SECOND, sweepMs: 3 * SECOND },
    { everyMs: 50 * SECOND, sweepMs: 7 * SECOND },
  ])(
    "pages two minutes after its first bad reading plus one probe, swept every $everyMs ms for $sweepMs ms",
    async ({ everyMs, sweepMs }) => {
      const world = await tocsinWorld({
        plan: oneRule({}, { everyMs, timeoutMs: 8 * SECOND }),
        look: phases([MINUTE, "bad"]),
        sweepMs,
      });
      await world.advanceTo(6 * MINUTE);
      const [page] = world.told;
      const since = (page?.members[0]?.since ?? 0) - Date.UTC(2026, 0, 1);
      expect(since).toBeGreaterThanOrEqual(MINUTE);
      expect(since).toBeLessThanOrEqual(MINUTE + everyMs + sweepMs);
      expect((page?.at ?? 0) - since).toBe(2 * MINUTE + sweepMs);
    },
  );

  it("waits in one timer from the first bad reading on, which no sweep and no tick starts anew", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 7 * SECOND }),
      look: phases([MINUTE, "bad"]),
      sweepMs: 400,
    });
    const waits = new Map<number, number>();
    for (let at = MINUTE; at < 3 * MINUTE; at += SECOND) {
      await world.advanceTo(at);
      const timers = world.monitor.pendingTimers();
      for (const { seq, durationMs, summary } of timers)
        if (summary?.startsWith("page if") === true) waits.set(seq, durationMs);
    }
    expect(world.told).toEqual([]);
    expect(waits.size).toBe(1);
    expect([...waits.values()][0]).toBeGreaterThan(119 * SECOND);
  });

  it("pages what fires in one service within the same second as one, and no part of it a second late", async () => {
    const ages: Readonly<Record<string, number>> = { "controller/live": 800, "controller/ready": 60 };
    const checks = ["live", "ready"].map((name) =>
      checkPlan({ name, everyMs: 5 * SECOND, rules: [rulePlan({ forMs: 20 * SECOND })] }),
    );
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks })]),
      look: (check, at) => (at < MINUTE ? "good" : { verdict: "bad", ageMs: ages[check] ?? 0 }),
      sweepMs: 850,
    });
    await world.advanceTo(2 * MINUTE);
    expect(tellings(world)).toEqual(["82s firing pager n=1"]);
    const [page] = world.told;
    expect(page?.members.map(({ alert }) => alert.split("/")[2])).toEqual(["live", "ready"]);
    const since = (page?.members[0]?.since ?? 0) - Date.UTC(2026, 0, 1);
    expect((page?.at ?? 0) - since).toBe(20 * SECOND + 740 + 850);
  });

  it("pages nobody when the confirming probe is the first good one", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 50 * SECOND }),
      look: phases([MINUTE, "bad"], [MINUTE + 2 * MINUTE + 10 * SECOND, "good"]),
    });
    await world.advanceTo(10 * MINUTE);
    expect(world.told).toEqual([]);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "105s inactive -> pending: bad at controller/ready",
       "205s pending -> inactive: good before its time",
     ]
    `);
  });

  it("begins anew after one good reading", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [2 * MINUTE, "good"], [2 * MINUTE + 15 * SECOND, "bad"]),
    });
    await world.advanceTo(6 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "125s pending -> inactive: good before its time",
       "140s inactive -> pending: bad at controller/ready",
       "260s pending -> firing: bad at controller/ready",
     ]
    `);
  });

  it("needs two bad readings however short it is", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ forMs: SECOND }, { everyMs: MINUTE }),
      look: phases([MINUTE, "bad"]),
    });
    await world.advanceTo(3 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "63s inactive -> pending: bad at controller/ready",
       "64s pending -> firing: bad at controller/ready",
     ]
    `);
    expect(world.told[0]?.members[0]?.bad).toBe(2);
  });

  it("needs no time at all when it says so, and still two bad readings", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ forMs: 0 }, { everyMs: MINUTE }),
      look: phases([MINUTE, "bad"]),
    });
    await world.advanceTo(3 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "63s inactive -> pending: bad at controller/ready",
       "63s pending -> firing: bad at controller/ready",
     ]
    `);
  });
});

describe("readings that say nothing", () => {
  it("do not stop the clock while enough is known", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [90 * SECOND, MASKED], [120 * SECOND, "bad"]),
    });
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
     ]
    `);
  });

  it("do not page at the deadline: the next bad one does, after the grace for what was not seen", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [100 * SECOND, MASKED], [200 * SECOND, "bad"]),
    });
    await world.advanceTo(6 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "275s pending -> firing: bad at controller/ready",
     ]
    `);
    expect(world.transitions[1]?.facts).toMatchObject({ grace: true });
  });

  it("never page by themselves", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ unknownForMs: 60 * MINUTE }),
      look: phases([MINUTE, "bad"], [100 * SECOND, MASKED]),
    });
    await world.advanceTo(30 * MINUTE);
    expect(world.told).toEqual([]);
  });
});
