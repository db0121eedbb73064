import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { incidentsTold, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

describe("an incident that was terminated", () => {
  it("opens again by itself within five minutes, and says why", async () => {
    const watched = oneRule();
    const world = await tocsinWorld({ plan: watched, look: phases([MINUTE, "bad"], [15 * MINUTE, "good"]) });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.terminate();
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s firing pager n=1",
     ]
    `);
    expect(textOf(world.told[1], watched)).toMatchInlineSnapshot(`
     "FIRING: controller cannot serve: bad at controller/ready
       alert     kohakku/controller/ready/not-ready
       since     2026-01-01 00:01:04 UTC, for 7m, last good 00:00:49 UTC
       severity  critical
       action    Restore what the body names.
       with      nobody yet, owner platform
       note      reopened: its alerts still fire, and the workflow that knew of them was terminated,
                 reset or lost
       why now   critical: first step
       next      lead at 00:13:04 UTC (in 5m) unless acknowledged or over by then
       ack       tocsin ack kohakku/controller"
    `);
    expect(incidentsTold(world)).toHaveLength(2);
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "785s escalated lead n=1",
       "965s resolved pager n=2",
       "965s resolved lead n=2",
     ]
    `);
  });

  it("while its alert recovers tells it once more, so that somebody hears the end", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"], [5 * MINUTE, "good"]) });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.terminate();
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "305s firing pager n=1",
       "365s resolved pager n=2",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });
});

describe("an incident whose monitor was terminated and started anew", () => {
  async function orphaned(goodFrom: number): Promise<TocsinWorld> {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"], [goodFrom, "good"]) });
    await world.advanceTo(4 * MINUTE);
    await world.monitor.terminate();
    await world.advanceTo(5 * MINUTE);
    const args = [{ prefix: "", system: "kohakku", shard: 1 }];
    await world.world.start({ type: "monitor", workflowId: "monitor:kohakku", args });
    return world;
  }

  it("ends when what fired does not fire again", async () => {
    const world = await orphaned(4.5 * MINUTE);
    await world.advanceTo(13 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s escalated lead n=1",
       "720s resolved pager n=2",
       "720s resolved lead n=2",
     ]
    `);
    expect(world.told.at(-1)?.reason).toBe("no longer reported by its monitor");
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("goes on when it does", async () => {
    const world = await orphaned(20 * MINUTE);
    await world.advanceTo(25 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s updated pager n=2",
       "485s escalated lead n=1",
       "785s repeated pager n=3",
       "1085s repeated lead n=2",
       "1265s resolved pager n=4",
       "1265s resolved lead n=3",
     ]
    `);
    expect(incidentsTold(world)).toHaveLength(1);
  });

  it("can be ended by hand", async () => {
    const world = await orphaned(4.5 * MINUTE);
    await world.advanceTo(6 * MINUTE);
    await world.incident("controller")?.signal("resolve", { by: "ada" });
    await world.advanceTo(6 * MINUTE + SECOND);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "360s resolved pager n=2"]);
  });
});
