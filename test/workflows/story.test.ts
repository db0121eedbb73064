import { describe, expect, it } from "@jest/globals";

import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

const SECOND = 1_000;
const MINUTE = 60_000;

function kinds(world: TocsinWorld): readonly string[] {
  return world.told.map(
    ({ at, kind, notifier, n }) => `${Math.round(at / 1000)}s ${kind} ${notifier} n=${n}`,
  );
}

describe("from a reading to a page and its end", () => {
  it("pages when the rule's duration has passed, escalates, and tells the end to everyone that was told", async () => {
    const world = await tocsinWorld({
      plan: plan(),
      look: (_check, at) => (at >= MINUTE && at < 10 * MINUTE ? "bad" : "good"),
    });
    await world.advanceTo(20 * MINUTE);
    expect(kinds(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s escalated lead n=1",
       "665s resolved pager n=2",
       "665s resolved lead n=2",
     ]
    `);
    expect(world.transitions.map(({ from, to, reason }) => `${from} -> ${to}: ${reason}`))
      .toMatchInlineSnapshot(`
     [
       "inactive -> pending: bad at controller/ready",
       "pending -> firing: bad at controller/ready",
       "firing -> recovering: good again",
       "recovering -> inactive: recovered",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("pages nobody when the target is good before its time", async () => {
    const world = await tocsinWorld({
      plan: plan([
        servicePlan({
          checks: [checkPlan({ everyMs: 5 * SECOND, rules: [rulePlan({ forMs: 20 * SECOND })] })],
        }),
      ]),
      look: (_check, at) => (at >= 60 * SECOND && at < 79 * SECOND ? "bad" : "good"),
    });
    await world.advanceTo(5 * MINUTE);
    expect(world.told).toEqual([]);
  });
});
