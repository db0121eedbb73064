import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";

const BLIND = "tocsin/blind";

/** What `tocsin/blind` was told, and nothing else. */
function blindTellings(world: TocsinWorld): readonly string[] {
  return tellings({ ...world, told: world.told.filter(({ incident }) => incident.startsWith(BLIND)) });
}

const three = plan([
  servicePlan({
    checks: ["one", "two", "three"].map((name, index) =>
      checkPlan({ name, rules: [rulePlan({ severity: index === 1 ? "critical" : "warning" })] }),
    ),
  }),
]);

describe("what cannot be seen", () => {
  it("is one alert for each cause once it has lasted five minutes, as severe as the worst of what it hides", async () => {
    const world = await tocsinWorld({
      plan: three,
      look: (check, at) => {
        if (at < MINUTE || at >= 20 * MINUTE) return "good";
        const reason = check.endsWith("three") ? "the secret PGPASSWORD is not set" : "no route to 10.0.0.7";
        return { verdict: "unknown", reason };
      },
    });
    await world.advanceTo(5 * MINUTE + 50 * SECOND);
    expect(world.told).toEqual([]);
    await world.advanceTo(8 * MINUTE);
    expect(blindTellings(world)).toMatchInlineSnapshot(`
     [
       "365s firing pager n=1",
       "395s firing chat n=1",
     ]
    `);
    expect(world.told[0]?.members.map(({ alert, severity, reason }) => `${severity} ${alert}: ${reason}`))
      .toMatchInlineSnapshot(`
     [
       "critical tocsin/blind/no-route-to-n-n-n-n/unknown/kohakku: nothing is known of 2 alerts of kohakku: no route to 10.0.0.7",
     ]
    `);
    expect(textOf(world.told[0], three)).toMatchInlineSnapshot(`
     "FIRING: nothing is known of 2 alerts of kohakku: no route to 10.0.0.7
       alert     tocsin/blind/no-route-to-n-n-n-n/unknown/kohakku
       state     blind: no data since 00:01:04 UTC, it may have changed
       since     2026-01-01 00:01:04 UTC, for 5m, no good reading known
       severity  critical
       action    Run \`tocsin doctor\`; give the worker what the reason names.
       with      nobody yet, owner platform
       note      Tocsin is blind here: what it cannot see may be down.
       why now   critical: first step
       next      chat at 00:06:34 UTC (in 30s) unless acknowledged or over by then
       ack       tocsin ack tocsin/blind"
    `);
    await world.advanceTo(24 * MINUTE);
    expect(world.told.at(-1)).toMatchObject({ kind: "resolved", state: "ended" });
    expect(world.incident(BLIND)?.closing?.kind).toBe("completed");
    expect(world.incident("controller")).toBeUndefined();
  });

  it("is told of lanes from which no sweep comes back, and over when one does", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    await world.advanceTo(MINUTE);
    await world.world.queueDown("tocsin-probe");
    await world.advanceTo(7 * MINUTE);
    expect(blindTellings(world)).toMatchInlineSnapshot(`
     [
       "400s firing pager n=1",
     ]
    `);
    expect(world.told[0]?.members[0]?.reason).toMatchInlineSnapshot(
      `"nothing is known of 1 alert of kohakku: no sweep has come back: no worker probes it"`,
    );
    await world.world.queueUp("tocsin-probe");
    await world.advanceTo(8 * MINUTE);
    expect(blindTellings(world).slice(1)).toMatchInlineSnapshot(`
     [
       "420s resolved pager n=2",
     ]
    `);
  });

  it("is nobody's page after an outage of all workers, when the first sweep sees again", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    await world.advanceTo(MINUTE);
    await world.down();
    await world.advanceTo(40 * MINUTE);
    await world.up();
    await world.advanceTo(60 * MINUTE);
    expect(world.told).toEqual([]);
  });

  it("stays silent for what is only shown", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ severity: "info" }),
      look: phases([MINUTE, { verdict: "unknown", reason: "no route" }]),
    });
    await world.advanceTo(30 * MINUTE);
    expect(world.told).toEqual([]);
    expect(world.incident(BLIND)).toBeUndefined();
  });

  it("ends when a person resolves it, and comes back when it lasts another five minutes", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, { verdict: "unknown", reason: "no route" }]),
    });
    await world.advanceTo(8 * MINUTE);
    await world.incident(BLIND)?.update("resolve", { by: "ada", reason: "known" });
    await world.advanceTo(12 * MINUTE);
    expect(blindTellings(world)).toMatchInlineSnapshot(`
     [
       "365s firing pager n=1",
       "480s resolved pager n=2",
     ]
    `);
    expect(world.told.at(-1)?.ended.map(({ end }) => end)).toEqual(["released"]);
    await world.advanceTo(15 * MINUTE);
    expect(blindTellings(world).slice(2)).toMatchInlineSnapshot(`
     [
       "785s firing pager n=1",
     ]
    `);
  });
});
