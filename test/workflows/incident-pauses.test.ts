import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { logLines, MINUTE, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"]);

describe("a pause of an incident", () => {
  it("stops steps and repeats for its time; then the ladder goes on with the time it had left", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    const answer = await world
      .incident("controller")
      ?.update("pause", { by: "ada", for: "20m", reason: "on it" });
    expect(answer).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "paused until 2026-01-01 00:24:00 UTC: no steps, no repeats; ends are told",
     }
    `);
    await world.advanceTo(40 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "1685s escalated lead n=1",
       "1985s repeated pager n=2",
       "2285s repeated lead n=2",
     ]
    `);
    expect(logLines(world, "paused", "resumed")).toMatchInlineSnapshot(`
     [
       "240s paused by ada: on it",
       "1440s resumed: the pause is over",
     ]
    `);
  });

  it("lasts an hour unless it says otherwise, and is ended by resume", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("pause");
    await world.advanceTo(50 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1"]);
    expect(await world.incident("controller")?.update("resume", { by: "ada" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "resumed",
     }
    `);
    await world.advanceTo(55 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "3245s escalated lead n=1",
     ]
    `);
  });

  it("never holds an end back", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"], [6 * MINUTE, "good"]) });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("pause", { for: "7d" });
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is over when somebody escalates", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("pause", { for: "2h" });
    await world.advanceTo(5 * MINUTE);
    expect(await world.incident("controller")?.update("escalate", { by: "bob" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "escalated: the next step is told now",
     }
    `);
    await world.advanceTo(6 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "300s escalated lead n=1",
     ]
    `);
    expect(world.told.at(-1)?.reason).toMatchInlineSnapshot(`"critical: escalated by bob"`);
  });
});
