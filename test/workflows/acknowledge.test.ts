import { describe, expect, it } from "@jest/globals";

import { pagedWorld } from "../support/paged-world.js";
import { oneRule } from "../support/plans.js";
import { HOUR, logLines, MINUTE, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";

describe("an acknowledgement", () => {
  it.each([
    {
      how: "a bare signal, as from the Temporal UI",
      send: (wf: WorkflowHarness) => wf.signal("acknowledge"),
    },
    { how: "a signal", send: (wf: WorkflowHarness) => wf.signal("acknowledge", { by: "ada" }) },
    { how: "an update", send: (wf: WorkflowHarness) => wf.update("acknowledge", { by: "ada" }) },
    { how: "a bare update", send: (wf: WorkflowHarness) => wf.update("acknowledge") },
  ])("by $how stops the steps and tells who has it", async ({ send }) => {
    const world = await pagedWorld();
    await send(world.incidentNow);
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s acknowledged pager n=2"]);
    expect(world.told[1]?.nextStep).toBeUndefined();
  });

  it("answers who has it until when", async () => {
    const world = await pagedWorld();
    expect(await world.incidentNow.update("acknowledge", { by: "ada", for: "2h" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "acknowledged by ada until 2026-01-01 02:04:00 UTC",
     }
    `);
  });

  it("sent while every worker is down is honoured before the next step", async () => {
    const world = await pagedWorld();
    await world.down();
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(25 * MINUTE);
    await world.up();
    await world.advanceTo(30 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "1500s acknowledged pager n=2",
     ]
    `);
  });

  it("lasts half an hour for what is critical, then it pages again from the bottom", async () => {
    const world = await pagedWorld();
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(40 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "2040s repeated pager n=3",
       "2340s escalated lead n=1",
     ]
    `);
    expect(world.told[2]?.reason).toMatchInlineSnapshot(
      `"critical: the acknowledgement by ada ended: its time is over and it still fires"`,
    );
    expect(logLines(world, "acknowledged", "unacknowledged")).toMatchInlineSnapshot(`
     [
       "240s acknowledged by ada: acknowledged",
       "2040s unacknowledged: the acknowledgement by ada ended: its time is over and it still fires",
     ]
    `);
  });

  it("lasts as long as it says", async () => {
    const world = await pagedWorld();
    await world.incidentNow.signal("acknowledge", { by: "ada", for: "2h" });
    await world.advanceTo(2 * HOUR + 3 * MINUTE);
    expect(tellings(world)).toHaveLength(2);
    await world.advanceTo(2 * HOUR + 5 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "7440s repeated pager n=3",
     ]
    `);
  });

  it("of a warning lasts as long as the incident", async () => {
    const world = await pagedWorld({ plan: oneRule({ severity: "warning" }) });
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(3 * HOUR);
    expect(tellings(world)).toEqual(["215s firing chat n=1", "240s acknowledged chat n=2"]);
  });

  it("never outlives its incident", async () => {
    const world = await pagedWorld({
      look: phases([MINUTE, "bad"], [5 * MINUTE, "good"], [8 * MINUTE, "bad"]),
    });
    await world.incidentNow.signal("acknowledge", { by: "ada", for: "24h" });
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "365s resolved pager n=3",
       "605s firing pager n=1",
     ]
    `);
    expect(new Set(world.told.map(({ incident }) => incident)).size).toBe(2);
  });

  it("can be taken back", async () => {
    const world = await pagedWorld();
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(6 * MINUTE);
    expect(await world.incidentNow.update("unacknowledge", { by: "ada" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "not acknowledged any more: it pages again",
     }
    `);
    await world.advanceTo(7 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "360s repeated pager n=3",
     ]
    `);
  });

  it("sent twice under one command id is taken once", async () => {
    const world = await pagedWorld();
    const command = { by: "ada", command_id: "c-1" };
    await world.incidentNow.update("acknowledge", command);
    await world.incidentNow.update("unacknowledge", { by: "ada" });
    expect(await world.incidentNow.update("acknowledge", command)).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "already done: this command was taken before",
     }
    `);
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "240s repeated pager n=3",
     ]
    `);
  });

  it.each([
    {
      name: "of an episode that is over",
      input: { episode: 12 },
      text: "episode 12 is not firing any more; it may belong to an earlier incident",
    },
    {
      name: "of an alert that is not there",
      input: { alerts: ["kohakku/controller/ready/other"] },
      text: "kohakku/controller/ready/other is not firing in this incident",
    },
    { name: "for longer than a day", input: { for: "25h" }, text: "an acknowledgement lasts at most 24h" },
    { name: "for no time", input: { for: "soon" }, text: `'for' is not a duration like 30m: "soon"` },
  ])("$name is refused in a sentence, and noted", async ({ input, text }) => {
    const world = await pagedWorld();
    const answer = await world.incidentNow.update("acknowledge", { by: "ada", ...input });
    expect(answer).toEqual({ ok: false, text });
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "485s escalated lead n=1"]);
    expect(logLines(world, "refused")).toHaveLength(1);
  });
});
