import { describe, expect, it } from "@jest/globals";

import { oneRule, plan, policyPlan, servicePlan } from "../support/plans.js";
import { incidentsTold, logLines, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
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

describe("a second firing while the first is still telling its end", () => {
  const script = {
    plan: oneRule(),
    look: phases([MINUTE, "bad"], [5 * MINUTE, "good"], [7 * MINUTE, "bad"], [14 * MINUTE, "good"]),
  };

  it("has an id and lanes of its own in the same run, and both ends are told", async () => {
    const world = await tocsinWorld({
      ...script,
      answer: (_notifier, at, { kind }) =>
        kind === "resolved" && at < 11 * MINUTE
          ? { result: "retry", reason: "503", afterMs: 20 * SECOND }
          : "accepted",
    });
    await world.advanceTo(10 * MINUTE);
    const incident = world.incident("controller");
    const status = (await incident?.query("status")) as {
      readonly conversations: readonly { readonly state: string }[];
    };
    expect(status.conversations.map(({ state }) => state)).toEqual(["ended", "open"]);
    await world.advanceTo(20 * MINUTE);
    expect(incidentsTold(world)).toHaveLength(2);
    const [first, second] = incidentsTold(world);
    const accepted = world.told.filter(({ result }) => result === "accepted");
    expect(accepted.filter(({ incident: id }) => id === first).map(({ kind, n }) => `${kind} ${n}`))
      .toMatchInlineSnapshot(`
     [
       "firing 1",
       "resolved 2",
     ]
    `);
    expect(accepted.filter(({ incident: id }) => id === second).map(({ kind, n }) => `${kind} ${n}`))
      .toMatchInlineSnapshot(`
     [
       "firing 1",
       "escalated 1",
       "resolved 2",
       "resolved 2",
     ]
    `);
    expect(world.world.workflows("incident:kohakku/controller")).toHaveLength(1);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is acknowledged alone", async () => {
    const world = await tocsinWorld({
      ...script,
      answer: (_notifier, at, { kind }) => (kind === "resolved" && at < 11 * MINUTE ? "retry" : "accepted"),
    });
    await world.advanceTo(10 * MINUTE);
    await world.incident("controller")?.signal("acknowledge", { by: "ada" });
    await world.advanceTo(20 * MINUTE);
    const [first = ""] = incidentsTold(world);
    expect(logLines(world, "acknowledged")).toHaveLength(1);
    expect(world.events.find(({ kind }) => kind === "acknowledged")?.incident).not.toBe(first);
  });
});

describe("firing again within the linger of a policy", () => {
  it("continues the same incident; after it, another one begins", async () => {
    const policies = { default: policyPlan({ reopenWithinMs: 5 * MINUTE }) };
    const world = await tocsinWorld({
      plan: plan([servicePlan()], { policies }),
      look: phases(
        [MINUTE, "bad"],
        [5 * MINUTE, "good"],
        [7 * MINUTE, "bad"],
        [11 * MINUTE, "good"],
        [16 * MINUTE + 30 * SECOND, "bad"],
      ),
    });
    await world.advanceTo(20 * MINUTE);
    const lines = tellings(world);
    expect(world.told.map(({ incident }, index) => `${incident.slice(-24)} ${lines[index]}`))
      .toMatchInlineSnapshot(`
     [
       "2026-01-01T00:03:04.781Z 185s firing pager n=1",
       "2026-01-01T00:03:04.781Z 365s resolved pager n=2",
       "2026-01-01T00:03:04.781Z 545s firing pager n=3",
       "2026-01-01T00:03:04.781Z 725s resolved pager n=4",
       "2026-01-01T00:18:34.781Z 1115s firing pager n=1",
     ]
    `);
    expect(logLines(world, "opened", "reopened", "closed")).toMatchInlineSnapshot(`
     [
       "185s opened: opened",
       "545s reopened: fires again before the incident was closed",
       "1025s closed: every end has been told",
       "1115s opened: opened",
     ]
    `);
  });
});
