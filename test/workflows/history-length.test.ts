import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, servicePlan } from "../support/plans.js";
import { deliveryFaults, MINUTE, pages, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { hangs } from "../support/workflow-harness.js";

const TINY = { events: 40, bytes: 1_800_000 };

describe("a lane in which all is good", () => {
  it("costs eleven events a sweep at most", async () => {
    const world = await tocsinWorld({ plan: oneRule({}, { everyMs: 30 * SECOND }), sweepMs: 400 });
    // A new monitor tells its incidents once; after that there is nothing to tell.
    await world.advanceTo(10 * MINUTE);
    const before = world.monitor.books.events;
    const sweeps = world.monitor.activityCalls("sweep").length;
    await world.advanceTo(20 * MINUTE);
    const events = world.monitor.books.events - before;
    expect(world.monitor.continuedAsNew).toBe(0);
    expect(events / (world.monitor.activityCalls("sweep").length - sweeps)).toBeLessThanOrEqual(11);
  });

  it("costs no more for having a firing alert", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"]) });
    await world.advanceTo(4 * MINUTE);
    const before = world.monitor.books.events;
    await world.advanceTo(7 * MINUTE);
    expect(world.monitor.books.events - before).toBeLessThanOrEqual(12 * 11);
  });
});

describe("continue-as-new", () => {
  it("changes nothing that anybody hears or reads", async () => {
    const script = {
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [9 * MINUTE, "good"]),
      answer: (notifier: string, at: number) =>
        notifier === "pager" && at < 200 * SECOND ? ("retry" as const) : ("accepted" as const),
      sweepMs: 700,
      deliverMs: 200,
    };
    const long = await tocsinWorld(script);
    const short = await tocsinWorld({ ...script, limits: TINY });
    for (const world of [long, short]) {
      await world.advanceTo(5 * MINUTE);
      await world.incident("controller")?.signal("comment", { by: "ada", text: "looking" });
      await world.advanceTo(14 * MINUTE);
    }
    expect(long.monitor.continuedAsNew).toBe(1);
    expect(short.monitor.continuedAsNew).toBeGreaterThan(10);
    expect(short.incident("controller")?.continuedAsNew).toBeGreaterThan(0);
    expect(pages(short)).toEqual(pages(long));
    expect(short.transitions.map(({ from, to, at }) => [from, to, at])).toEqual(
      long.transitions.map(({ from, to, at }) => [from, to, at]),
    );
    expect(deliveryFaults(short)).toEqual([]);
  });

  it("keeps no lane waiting for one whose sweeps never come back", async () => {
    const far = checkPlan({ name: "far", from: "basement", everyMs: 30 * SECOND });
    const probed: number[] = [];
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks: [checkPlan(), far] })]),
      look: (_check, at) => {
        probed.push(at);
        return "good";
      },
      sweepLost: (lane) => lane.endsWith("@basement"),
      limits: TINY,
    });
    await world.advanceTo(20 * MINUTE);
    expect(world.monitor.continuedAsNew).toBeGreaterThan(10);
    const gaps = probed.slice(1).map((at, index) => at - (probed[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * SECOND);
  });

  it("keeps no page waiting for a notifier that hangs", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"]),
      answer: (notifier) => (notifier === "pager" ? hangs : "accepted"),
      limits: TINY,
    });
    await world.advanceTo(40 * MINUTE);
    const incident = world.incident("controller");
    expect(incident?.continuedAsNew).toBeGreaterThan(2);
    expect(Math.max(...(incident?.runs ?? []).map(({ events }) => events))).toBeLessThanOrEqual(80);
    expect(tellings(world, "lead")).toMatchInlineSnapshot(`
     [
       "485s escalated lead n=1",
       "1085s repeated lead n=2",
       "1685s repeated lead n=3",
     ]
    `);
    expect(tellings(world, "hook")).toMatchInlineSnapshot(`
     [
       "1985s escalated hook n=1",
     ]
    `);
  });

  it("comes in the middle of everything: each run replays", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"]),
      limits: TINY,
      sweepMs: 300,
    });
    for (let at = 0; at <= 6 * MINUTE; at += 10 * SECOND) {
      await world.advanceTo(at);
      await world.monitor.replay();
      await world.incident("controller")?.replay();
    }
    expect(world.monitor.fault).toBeUndefined();
  });
});
