import { describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { checkPlan, oneRule, plan, policyPlan, rulePlan, servicePlan } from "../support/plans.js";
import { edges, incidentsTold, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
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

describe("a rule that was edited", () => {
  it("keeps its pending clock, and fires by the new duration", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(2 * MINUTE);
    await world.apply(second(oneRule({ forMs: 5 * MINUTE })));
    await world.advanceTo(10 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "365s pending -> firing: bad at controller/ready",
     ]
    `);
  });

  it("goes on firing when its duration is raised", async () => {
    const world = await firing();
    await world.apply(second(oneRule({ forMs: 60 * MINUTE })));
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "485s escalated lead n=1"]);
  });

  it("raises what is open with its severity, and never demotes it", async () => {
    const world = await tocsinWorld({ plan: oneRule({ severity: "warning" }), look: bad });
    await world.advanceTo(5 * MINUTE);
    await world.apply(second(oneRule()));
    await world.advanceTo(7 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "215s firing chat n=1",
       "300s updated chat n=2",
       "300s firing pager n=1",
     ]
    `);
    await world.apply({ ...oneRule({ severity: "warning" }), revision: "000000000003" as RevisionId });
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "300s firing pager n=1",
       "600s escalated lead n=1",
     ]
    `);
  });

  it("keeps its acknowledgement", async () => {
    const world = await firing();
    await world.incident("controller")?.signal("acknowledge", { by: "ada", for: "2h" });
    await world.apply(second(oneRule({ summary: "{{ service }} is in trouble" })));
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s acknowledged pager n=2"]);
  });

  it("is told in its new words", async () => {
    const world = await firing();
    const reworded = second(oneRule({ summary: "{{ service }} is in trouble" }));
    await world.apply(reworded);
    await world.advanceTo(9 * MINUTE + 30 * SECOND);
    expect(world.told[1]).toMatchObject({ revision: "000000000001", textRevision: "000000000002" });
    expect(textOf(world.told[1], reworded).split("\n")[0]).toMatchInlineSnapshot(
      `"ESCALATED: controller is in trouble"`,
    );
  });
});

describe("policy and notifiers", () => {
  it("stay those under which an incident was opened; the next one has the new ones", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [9 * MINUTE, "good"], [11 * MINUTE, "bad"]),
    });
    await world.advanceTo(4 * MINUTE);
    const policies = { default: policyPlan({ critical: [{ afterMs: 0, notify: ["chat"] }] }) };
    await world.apply(second({ ...oneRule(), policies }));
    await world.advanceTo(15 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s escalated lead n=1",
       "605s resolved pager n=2",
       "605s resolved lead n=2",
       "785s firing chat n=1",
     ]
    `);
    const [first = ""] = incidentsTold(world);
    expect(
      world.told
        .filter(({ incident }) => incident === first)
        .every(({ revision }) => revision === "000000000001"),
    ).toBe(true);
  });
});

describe("new lanes and checks", () => {
  it("are swept from then on", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: (check, at) => (check.endsWith("alive") && at >= 5 * MINUTE ? "bad" : "good"),
    });
    await world.advanceTo(2 * MINUTE);
    const alive = checkPlan({
      name: "alive",
      everyMs: 5 * SECOND,
      rules: [rulePlan({ forMs: 20 * SECOND })],
    });
    await world.apply(second(plan([servicePlan({ checks: [checkPlan(), alive] })])));
    await world.advanceTo(6 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "320s firing pager n=1",
     ]
    `);
  });
});

describe("a monitor whose first revision cannot be read", () => {
  it("waits for it, and takes another one instead when it is told to", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    const lost = await world.world.start({
      type: "monitor",
      workflowId: "monitor:kohakku:2",
      args: [{ prefix: "", system: "kohakku", shard: 2, revision: "lost" }],
    });
    const answer = lost.update("pause", { service: "controller" });
    await world.advanceTo(10 * MINUTE);
    expect(await lost.query("status")).toMatchObject({ revision: "", state: "good", checks: 0 });
    await lost.signal("reconfigure", { revision: "000000000001" });
    expect(await answer).toMatchObject({ ok: false });
    expect(lost.closing?.kind).toBe("completed");
  });
});

describe("a monitor that is asked which revision it runs", () => {
  it("says so, and which ones it has been told to take and has not read yet", async () => {
    const world = await firing();
    expect(await world.monitor.query("status")).toMatchObject({ revision: "000000000001", wanted: [] });
    await world.world.queueDown("tocsin");
    await world.monitor.signal("reconfigure", { revision: "000000000002" });
    await world.advanceTo(5 * MINUTE);
    expect(await world.monitor.query("status")).toMatchObject({
      revision: "000000000001",
      wanted: [{ revision: "000000000002" }],
    });
    await world.world.queueUp("tocsin");
    await world.apply(second(oneRule()));
    await world.advanceTo(6 * MINUTE);
    expect(await world.monitor.query("status")).toMatchObject({ revision: "000000000002", wanted: [] });
  });
});

describe("the same revision again", () => {
  it("touches nothing", async () => {
    const world = await firing();
    const loads = world.monitor.activityCalls("loadMonitor").length;
    await world.monitor.signal("reconfigure", { revision: "000000000001" });
    await world.advanceTo(5 * MINUTE);
    expect(world.monitor.activityCalls("loadMonitor")).toHaveLength(loads);
  });
});
