import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { edges, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { phases } from "../support/tocsin-sweeps.js";

describe("workers that are down across the deadline", () => {
  it("page nobody when the target has recovered meanwhile", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [4 * MINUTE, "good"]),
    });
    await world.advanceTo(110 * SECOND);
    await world.down();
    await world.advanceTo(10 * MINUTE);
    await world.up();
    await world.advanceTo(20 * MINUTE);
    expect(world.told).toEqual([]);
  });

  it("page after one sweep and one grace when it is still bad, and the message says how long they were blind", async () => {
    const watched = oneRule();
    const world = await tocsinWorld({ plan: watched, look: phases([MINUTE, "bad"]) });
    await world.advanceTo(110 * SECOND);
    await world.down();
    await world.advanceTo(10 * MINUTE);
    await world.up();
    await world.advanceTo(14 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "660s pending -> firing: bad at controller/ready",
     ]
    `);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "660s firing pager n=1",
     ]
    `);
    expect(textOf(world.told[0], watched)).toMatchInlineSnapshot(`
     "FIRING: controller cannot serve: bad at controller/ready
       alert     kohakku/controller/ready/not-ready
       state     blind for 7m 48s before it fired
       since     2026-01-01 00:01:04 UTC, for 9m 55s, last good 00:00:49 UTC
       severity  critical
       action    Restore what the body names.
       with      nobody yet, owner platform
       why now   critical: first step
       next      lead at 00:16:00 UTC (in 5m) unless acknowledged or over by then
       ack       tocsin ack kohakku/controller"
    `);
  });

  it("page at the deadline as ever when most of the time was seen", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"]) });
    await world.advanceTo(70 * SECOND);
    await world.down();
    await world.advanceTo(100 * SECOND);
    await world.up();
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
     ]
    `);
  });

  it("give the grace once: what stays bad is told at its end, however little was seen", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"]) });
    await world.advanceTo(70 * SECOND);
    await world.world.queueDown("tocsin-probe");
    await world.advanceTo(5 * MINUTE);
    await world.world.queueUp("tocsin-probe");
    await world.advanceTo(5 * MINUTE + 10 * SECOND);
    await world.world.queueDown("tocsin-probe");
    await world.advanceTo(8 * MINUTE);
    expect(world.told).toEqual([]);
    await world.world.queueUp("tocsin-probe");
    await world.advanceTo(8 * MINUTE + 20 * SECOND);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "480s firing pager n=1",
     ]
    `);
  });
});
