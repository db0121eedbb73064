import { describe, expect, it } from "@jest/globals";

import { oneRule, plan, policyPlan, servicePlan } from "../support/plans.js";
import { incidentsTold, logLines, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

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
