import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { edges, incidentsTold, logLines, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"]);

describe("resolve by hand", () => {
  it("tells the end and who ended it; what stays bad for five minutes more is a new incident", async () => {
    const watched = oneRule();
    const world = await tocsinWorld({ plan: watched, look: bad });
    await world.advanceTo(4 * MINUTE);
    const answer = await world.incident("controller")?.update("resolve", { by: "ada", reason: "known" });
    expect(answer).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "resolving: its alerts are released and the ends are told",
     }
    `);
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s resolved pager n=2"]);
    expect(textOf(world.told[1], watched)).toMatchInlineSnapshot(`
     "RESOLVED: controller cannot serve: bad at controller/ready
       alert     kohakku/controller/ready/not-ready
       state     over: released
       since     2026-01-01 00:01:04 UTC, until 00:04:00 UTC (2m 55s), last good 00:00:49 UTC
       severity  critical
       action    Restore what the body names.
       with      nobody had acknowledged, owner platform
       note      Resolved by hand by ada: known
       why now   released
       next      nothing: this incident is over"
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "540s firing pager n=1",
     ]
    `);
    expect(incidentsTold(world)).toHaveLength(2);
  });

  it("waits as long as the rule where that is longer", async () => {
    const world = await tocsinWorld({ plan: oneRule({ forMs: 8 * MINUTE }), look: bad });
    await world.advanceTo(10 * MINUTE);
    await world.incident("controller")?.signal("resolve", { by: "ada" });
    await world.advanceTo(17 * MINUTE + 30 * SECOND);
    expect(incidentsTold(world)).toHaveLength(1);
    await world.advanceTo(20 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "545s pending -> firing: bad at controller/ready",
       "600s firing -> inactive: released",
       "605s inactive -> pending: bad at controller/ready",
       "1085s pending -> firing: bad at controller/ready",
     ]
    `);
  });

  it("of an event leaves it alone for five minutes too", async () => {
    const world = await tocsinWorld({ plan: oneRule({ hold: 15 * MINUTE }), look: bad });
    await world.advanceTo(2 * MINUTE);
    await world.incident("controller")?.signal("resolve", { by: "ada" });
    await world.advanceTo(6 * MINUTE);
    expect(incidentsTold(world)).toHaveLength(1);
    await world.advanceTo(8 * MINUTE);
    expect(incidentsTold(world)).toHaveLength(2);
  });

  it("ends every member, each released at its monitor", async () => {
    const checks = ["one", "two", "three"].map((name) => checkPlan({ name }));
    const world = await tocsinWorld({ plan: plan([servicePlan({ checks })]), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("resolve");
    await world.advanceTo(5 * MINUTE);
    expect(world.told.at(-1)?.ended.map(({ alert, end }) => `${alert} ${end}`)).toMatchInlineSnapshot(`
     [
       "kohakku/controller/one/not-ready released",
       "kohakku/controller/three/not-ready released",
       "kohakku/controller/two/not-ready released",
     ]
    `);
  });

  it("ends it also when its monitor is gone", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.monitor.terminate();
    await world.incident("controller")?.signal("resolve", { by: "ada" });
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s resolved pager n=2"]);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });
});

describe("escalate by hand", () => {
  it("tells the next step now, and the one after counts from then", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("escalate", { by: "ada" });
    await world.advanceTo(10 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s escalated lead n=1",
       "540s repeated pager n=2",
     ]
    `);
  });

  it("undoes an acknowledgement", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("acknowledge", { by: "ada" });
    await world.advanceTo(5 * MINUTE);
    await world.incident("controller")?.signal("escalate", { by: "bob" });
    await world.advanceTo(6 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "300s escalated lead n=1",
     ]
    `);
    expect(world.told.at(-1)?.acknowledged).toBeUndefined();
  });

  it("of a warning tells it without waiting for the others", async () => {
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks: [checkPlan({ rules: [rulePlan({ severity: "warning" })] })] })]),
      look: bad,
    });
    await world.advanceTo(190 * SECOND);
    await world.incident("controller")?.signal("escalate", { by: "ada" });
    await world.advanceTo(191 * SECOND);
    expect(tellings(world)).toEqual(["190s firing chat n=1"]);
  });
});

describe("a comment", () => {
  it("is noted with its author, and changes nothing", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    const incident = world.incident("controller");
    expect(await incident?.update("comment", { by: "ada", text: "restarted it" })).toMatchInlineSnapshot(`
     {
       "ok": true,
       "text": "noted",
     }
    `);
    await world.advanceTo(5 * MINUTE);
    expect(logLines(world, "comment")).toEqual(["240s comment by ada: restarted it"]);
    expect(await incident?.query("timeline")).toContainEqual(
      expect.objectContaining({ kind: "comment", by: "ada", text: "restarted it" }),
    );
    expect(tellings(world)).toEqual(["185s firing pager n=1"]);
  });
});
