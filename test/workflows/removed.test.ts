import { describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { checkPlan, oneRule, plan, servicePlan } from "../support/plans.js";
import { edges, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"]);
const second = (next: Plan): Plan => ({ ...next, revision: "000000000002" as RevisionId });

/** Firing since 185 s, told. */
async function firing(): Promise<TocsinWorld> {
  const world = await tocsinWorld({ plan: oneRule(), look: bad });
  await world.advanceTo(4 * MINUTE);
  return world;
}

describe("what the configuration does not have any more", () => {
  it.each([
    { what: "rule", next: oneRule({ name: "other" }), reason: "rule deleted" },
    {
      what: "check",
      next: plan([servicePlan({ checks: [checkPlan({ name: "alive" })] })]),
      reason: "check removed",
    },
    { what: "service", next: plan([servicePlan({ name: "dispatcher" })]), reason: "check removed" },
    { what: "system", next: plan([]), reason: "check removed" },
  ])("ends with that reason: a $what", async ({ next, reason }) => {
    const world = await firing();
    await world.apply(second(next));
    await world.advanceTo(4 * MINUTE + 20 * SECOND);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s resolved pager n=2"]);
    expect(world.told[1]).toMatchObject({ reason, ended: [{ end: reason }] });
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is dropped without a word while it is pending", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(2 * MINUTE);
    await world.apply(second(oneRule({ name: "other", forMs: 60 * MINUTE })));
    await world.advanceTo(20 * MINUTE);
    expect(world.told).toEqual([]);
  });

  it("does not come back with a sweep that was under way", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad, sweepMs: 4 * SECOND });
    await world.advanceTo(3 * MINUTE + 5.5 * SECOND);
    await world.apply(second(oneRule({ name: "other" })));
    await world.advanceTo(4 * MINUTE);
    expect(await world.monitor.query("status")).toMatchObject({
      alerts: [{ alert: "kohakku/controller/ready/other" }],
    });
  });

  it("lets a monitor with nothing left return, once every end is told and written", async () => {
    const world = await firing();
    await world.apply(second(plan([])));
    await world.advanceTo(5 * MINUTE);
    expect(world.monitor.closing?.kind).toBe("completed");
    expect(edges(world).at(-1)).toBe("240s firing -> inactive: check removed");
  });
});
