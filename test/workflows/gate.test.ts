import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { HOUR, MINUTE, pages, SECOND, textOf, troubledDeliveries } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type WorldScript } from "../support/tocsin-world.js";

/** Bad from minute 1 on, paged at 185 s; good from minute 6 on, over at 425 s, before the second step. */
const watched = oneRule();
const story: WorldScript = { plan: watched, look: phases([MINUTE, "bad"], [6 * MINUTE, "good"]) };

const within = (at: number, fromS: number, toS: number): boolean => at >= fromS * SECOND && at < toS * SECOND;

describe("the gate", () => {
  it("holds trouble back for as long as it says, and never an end", async () => {
    const world = await tocsinWorld({
      plan: watched,
      look: phases([MINUTE, "bad"], [12 * MINUTE, "good"]),
      gate: (at) =>
        within(at, 0, 400) || at > 11 * MINUTE
          ? { clear: false, reasons: ["silenced by ada: moving house"], recheckAfterMs: 24 * HOUR }
          : { clear: true },
    });
    await world.advanceTo(16 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "485s firing pager n=1",
       "785s resolved pager n=2",
     ]
    `);
    expect(troubledDeliveries(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 attempt 0: held, silenced by ada: moving house",
       "785s escalated lead n=1 attempt 0: held, silenced by ada: moving house",
       "785s escalated lead n=1 attempt 0: superseded, over before it could be told",
     ]
    `);
  });

  it("is asked again at once when silences have changed", async () => {
    let silenced = true;
    const world = await tocsinWorld({
      ...story,
      gate: () =>
        silenced ? { clear: false, reasons: ["silenced"], recheckAfterMs: HOUR } : { clear: true },
    });
    await world.advanceTo(200 * SECOND);
    silenced = false;
    await world.incident("controller")?.signal("recheck");
    await world.advanceTo(201 * SECOND);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "200s firing pager n=1",
     ]
    `);
  });

  it("that does not answer lets the message out, which says so", async () => {
    const world = await tocsinWorld({
      ...story,
      gate: () => {
        throw new Error("the store is away");
      },
    });
    await world.advanceTo(4 * MINUTE);
    expect(textOf(world.told[0], watched)).toContain("Silences and maintenance could not be read");
  });
});
