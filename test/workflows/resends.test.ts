import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { MINUTE, SECOND, tellings, troubledDeliveries } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type Answer, type TocsinWorld } from "../support/tocsin-world.js";

/** A notifier whose receiver forgets what it is not told again within a minute. */
const FORGETFUL: Answer = { result: "accepted", resendAfterMs: MINUTE };

/** Bad from minute 1 on, paged at 185 s; good from minute `until` on. */
async function play(until: number, answer: (at: number) => Answer = () => FORGETFUL): Promise<TocsinWorld> {
  const world = await tocsinWorld({
    plan: oneRule(),
    look: phases([MINUTE, "bad"], [until * MINUTE, "good"]),
    answer: (_notifier, at) => answer(at),
  });
  await world.advanceTo((until + 6) * MINUTE);
  return world;
}

describe("a receiver that forgets", () => {
  it("is told again under the same key every minute until it is over, and of its end once", async () => {
    const world = await play(6);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "245s firing pager n=1",
       "305s firing pager n=1",
       "365s firing pager n=1",
       "425s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is told again soon after a repeat that it did not take, and no story is made of that", async () => {
    const world = await play(6, (at) => (at > 240 * SECOND && at < 255 * SECOND ? "retry" : FORGETFUL));
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "245s firing pager n=1 (retry)",
       "260s firing pager n=1",
       "320s firing pager n=1",
       "380s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
    expect(troubledDeliveries(world)).toEqual([]);
  });
});
