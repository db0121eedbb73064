import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { HOUR, MINUTE, pages, SECOND, tellings, troubledDeliveries } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type WorldScript } from "../support/tocsin-world.js";

/** Bad from minute 1 on, paged at 185 s; good from minute 6 on, over at 425 s, before the second step. */
const watched = oneRule();
const story: WorldScript = { plan: watched, look: phases([MINUTE, "bad"], [6 * MINUTE, "good"]) };

describe("a notifier that refuses for good", () => {
  it("leaves a dead letter and is not asked again, and the next step goes to others", async () => {
    const world = await tocsinWorld({
      plan: watched,
      look: phases([MINUTE, "bad"], [9 * MINUTE, "good"]),
      answer: (notifier) => (notifier === "pager" ? "rejected" : "accepted"),
    });
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 (rejected)",
       "485s escalated lead n=1",
       "605s resolved lead n=2",
     ]
    `);
    expect(troubledDeliveries(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 attempt 1: dead, the script says rejected",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is told the end for 72 hours, then it is a dead letter", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 10 * MINUTE, timeoutMs: SECOND }),
      look: phases([15 * MINUTE, "bad"], [35 * MINUTE, "good"]),
      answer: (_notifier, _at, { kind }) =>
        kind === "resolved" ? { result: "retry", reason: "503", afterMs: HOUR } : "accepted",
    });
    await world.advanceTo(72 * HOUR);
    expect(world.incident("controller")?.closing).toBeUndefined();
    await world.advanceTo(73 * HOUR);
    expect(troubledDeliveries(world).at(-1)).toMatchInlineSnapshot(
      `"261664s resolved lead n=3 attempt 73: dead, 503"`,
    );
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });
});

describe("no worker for deliveries", () => {
  it("sends nothing stale when one is back", async () => {
    const world = await tocsinWorld(story);
    await world.advanceTo(2 * MINUTE);
    await world.world.queueDown("tocsin-deliver");
    await world.advanceTo(12 * MINUTE);
    await world.world.queueUp("tocsin-deliver");
    await world.advanceTo(14 * MINUTE);
    expect(world.told).toEqual([]);
    expect(troubledDeliveries(world).at(-1)).toMatchInlineSnapshot(
      `"431s firing pager n=1 attempt 4: superseded, over before it could be told"`,
    );
  });

  it("sends what still holds when one is back", async () => {
    const world = await tocsinWorld(story);
    await world.advanceTo(2 * MINUTE);
    await world.world.queueDown("tocsin-deliver");
    await world.advanceTo(5 * MINUTE);
    await world.world.queueUp("tocsin-deliver");
    await world.advanceTo(14 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "300s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
  });
});
