import { describe, expect, it } from "@jest/globals";

import { pagedWorld } from "../support/paged-world.js";
import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { logLines, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type WorldScript } from "../support/tocsin-world.js";

describe("what joins an acknowledged incident", () => {
  const ready = checkPlan({ name: "ready" });
  const slow = checkPlan({ name: "slow", rules: [rulePlan({ severity: "warning" })] });
  const queue = checkPlan({ name: "queue" });
  /** Each check is bad from its minute on. */
  const from =
    (minutes: Readonly<Record<string, number>>): NonNullable<WorldScript["look"]> =>
    (check, at) =>
      at >= (minutes[check.split("/")[1] ?? ""] ?? 1_000) * MINUTE ? "bad" : "good";

  it("with a higher severity pages again", async () => {
    const world = await pagedWorld({
      plan: plan([servicePlan({ checks: [ready, slow] })]),
      look: from({ slow: 1, ready: 5 }),
    });
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(8 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "215s firing chat n=1",
       "240s acknowledged chat n=2",
       "425s repeated chat n=3",
       "425s firing pager n=1",
     ]
    `);
    expect(logLines(world, "unacknowledged")).toMatchInlineSnapshot(`
     [
       "425s unacknowledged: the acknowledgement by ada ended: severity rose to critical",
     ]
    `);
  });

  it("under another rule pages again", async () => {
    const world = await pagedWorld({
      plan: plan([servicePlan({ checks: [ready, queue] })]),
      look: from({ ready: 1, queue: 5 }),
    });
    await world.incidentNow.signal("acknowledge", { by: "ada" });
    await world.advanceTo(8 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "240s acknowledged pager n=2",
       "425s repeated pager n=3",
     ]
    `);
    expect(logLines(world, "unacknowledged")).toMatchInlineSnapshot(`
     [
       "425s unacknowledged: the acknowledgement by ada ended: queue/not-ready fires too",
     ]
    `);
  });

  it("leaves the rest paging when only some alerts were taken", async () => {
    const world = await pagedWorld({
      plan: plan([servicePlan({ checks: [ready, queue] })]),
      look: from({ ready: 1, queue: 1 }),
    });
    const alerts = ["kohakku/controller/ready/not-ready"];
    await world.incidentNow.signal("acknowledge", { by: "ada", alerts });
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "485s escalated lead n=1",
     ]
    `);
    await world.incidentNow.signal("acknowledge", {
      by: "bob",
      alerts: ["kohakku/controller/queue/not-ready"],
    });
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "540s acknowledged pager n=2",
       "540s acknowledged lead n=2",
     ]
    `);
  });
});

describe("an event rule that holds until it is acknowledged", () => {
  it("pages at once, stays while all is good, and ends with the acknowledgement", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ hold: "until_ack" }),
      look: phases([MINUTE, "bad"], [MINUTE + 20 * SECOND, "good"]),
    });
    await world.advanceTo(3 * MINUTE);
    await world.incident("controller")?.signal("acknowledge", { by: "ada" });
    await world.advanceTo(5 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "65s firing pager n=1",
       "180s acknowledged pager n=2",
       "180s resolved pager n=3",
     ]
    `);
    expect(world.transitions.map(({ to, reason }) => `${to}: ${reason}`)).toMatchInlineSnapshot(`
     [
       "firing: bad at controller/ready",
       "inactive: hold over",
     ]
    `);
  });

  it("ends with it also beyond the fifty that an incident knows by name", async () => {
    const checks = Array.from({ length: 60 }, (_, index) =>
      checkPlan({ name: `check-${index}`, rules: [rulePlan({ hold: "until_ack" })] }),
    );
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks })]),
      look: phases([MINUTE, "bad"], [MINUTE + 20 * SECOND, "good"]),
    });
    await world.advanceTo(3 * MINUTE);
    await world.incident("controller")?.signal("acknowledge", { by: "ada" });
    await world.advanceTo(5 * MINUTE);
    expect(world.transitions.filter(({ reason }) => reason === "hold over")).toHaveLength(60);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });
});
