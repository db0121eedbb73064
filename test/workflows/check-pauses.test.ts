import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, servicePlan } from "../support/plans.js";
import { edges, incidentsTold, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"]);

describe("a pause of a check", () => {
  it("stops probing and judging; a pending alert has its time left afterwards", async () => {
    const probed: number[] = [];
    const world = await tocsinWorld({
      plan: oneRule(),
      look: (_check, at) => {
        probed.push(at);
        return at >= MINUTE ? "bad" : "good";
      },
    });
    await world.advanceTo(2 * MINUTE);
    const answer = await world.monitor.update("pause", {
      by: "ada",
      for: "10m",
      service: "controller",
      check: "ready",
    });
    expect(answer).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "paused controller/ready until 2026-01-01 00:12:00 UTC: not probed, not judged",
     }
    `);
    await world.advanceTo(20 * MINUTE);
    expect(probed.filter((at) => at > 2 * MINUTE && at < 12 * MINUTE)).toEqual([]);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "785s pending -> firing: bad at controller/ready",
     ]
    `);
    expect(world.told[0]?.members[0]?.blindMs).toBeUndefined();
  });

  it("takes nothing from what was seen: `why` counts it by the clock that stood still", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    const coverage = async (): Promise<unknown> =>
      ((await world.monitor.query("why")) as readonly { readonly coverage?: number }[])[0]?.coverage;
    await world.advanceTo(2 * MINUTE);
    await world.monitor.signal("pause", { for: "10m", service: "controller" });
    expect(await coverage()).toBe(0.5);
    await world.advanceTo(11 * MINUTE);
    expect(await coverage()).toBe(0.5);
    await world.advanceTo(12 * MINUTE + 30 * SECOND);
    expect(await coverage()).toBeGreaterThan(0.6);
  });

  it("tells the channels that were told, and nothing more until it is over", async () => {
    const watched = oneRule();
    const world = await tocsinWorld({ plan: watched, look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.monitor.signal("pause", { by: "ada", for: "1h", service: "controller" });
    await world.advanceTo(50 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s updated pager n=2",
     ]
    `);
    expect(textOf(world.told[1], watched)).toMatchInlineSnapshot(`
     "UPDATED: controller cannot serve: bad at controller/ready
       alert     kohakku/controller/ready/not-ready
       since     2026-01-01 00:01:04 UTC, for 2m 55s, last good 00:00:49 UTC
       severity  critical
       action    Restore what the body names.
       with      nobody yet, owner platform
       note      kohakku/controller/ready/not-ready is paused by ada until 01:04:00 UTC: not probed.
       why now   paused by ada until 2026-01-01 01:04:00 UTC
       next      nobody else is told; the end will be told here
       ack       tocsin ack kohakku/controller"
    `);
    await world.advanceTo(70 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "3840s updated pager n=3",
       "4085s escalated lead n=1",
     ]
    `);
    expect(world.told.at(-1)?.members[0]?.blindMs).toBeUndefined();
  });

  it("ends with one fresh reading: what has recovered meanwhile is over after its recovery", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [10 * MINUTE, "good"]),
    });
    await world.advanceTo(4 * MINUTE);
    await world.monitor.signal("pause", { by: "ada", for: "20m", service: "controller" });
    await world.advanceTo(23 * MINUTE);
    expect(world.told.some(({ kind }) => kind === "resolved")).toBe(false);
    await world.advanceTo(27 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s updated pager n=2",
       "1440s updated pager n=3",
       "1505s resolved pager n=4",
     ]
    `);
  });

  it("is ended by resume, which probes at once", async () => {
    const probed: number[] = [];
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 10 * MINUTE }),
      look: (_check, at) => {
        probed.push(at);
        return "good";
      },
    });
    await world.advanceTo(2 * MINUTE);
    await world.monitor.signal("pause", { service: "controller", for: "7d" });
    await world.advanceTo(33 * MINUTE);
    probed.length = 0;
    expect(await world.monitor.update("resume", { service: "controller" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "resumed controller",
     }
    `);
    await world.advanceTo(33 * MINUTE + SECOND);
    expect(probed).toEqual([33 * MINUTE]);
  });

  it("leaves the others of its service alone", async () => {
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks: [checkPlan({ name: "ready" }), checkPlan({ name: "queue" })] })]),
      look: bad,
    });
    await world.advanceTo(2 * MINUTE);
    await world.monitor.signal("pause", { service: "controller", check: "queue", for: "30m" });
    await world.advanceTo(9 * MINUTE);
    expect(world.told.map(({ members }) => members.map(({ alert }) => alert))).toMatchInlineSnapshot(`
     [
       [
         "kohakku/controller/ready/not-ready",
       ],
       [
         "kohakku/controller/ready/not-ready",
       ],
     ]
    `);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s escalated lead n=1",
     ]
    `);
  });

  it("that nothing has is refused with what there is", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    expect(await world.monitor.update("pause", { service: "controler" })).toMatchInlineSnapshot(`
     {
       "ok": false,
       "text": "this monitor has no check in controler; its services: controller",
     }
    `);
    expect(await world.monitor.update("pause", { service: "controller", for: "8d" })).toMatchInlineSnapshot(`
     {
       "ok": false,
       "text": "a pause lasts at most 7d",
     }
    `);
  });

  it("for no time at all is refused: it would say that it is paused, and would not be", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    expect(await world.monitor.update("pause", { service: "controller", for: "0s" })).toMatchInlineSnapshot(`
     {
       "ok": false,
       "text": "'for' is not a duration like 1h: "0s"",
     }
    `);
  });

  it("without a service is one of the whole system", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.monitor.signal("pause");
    await world.advanceTo(59 * MINUTE);
    expect(world.told).toEqual([]);
    expect(world.monitor.searchAttributes).toMatchObject({ TocsinState: "good" });
    await world.advanceTo(64 * MINUTE);
    expect(incidentsTold(world)).toHaveLength(1);
  });
});

describe("a command to a monitor that is sent twice under one command id", () => {
  it("is taken once", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    const command = { service: "controller", for: "1h", command_id: "c-1" };
    expect(await world.monitor.update("pause", command)).toMatchObject({ ok: true });
    await world.monitor.update("resume", { service: "controller" });
    expect(await world.monitor.update("pause", command)).toEqual({
      ok: true,
      text: "already done: this command was taken before",
    });
    expect(await world.monitor.query("status")).toMatchObject({ pauses: [] });
  });
});
