import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, policyPlan, rulePlan, servicePlan } from "../support/plans.js";
import { deliveryFaults, HOUR, MINUTE, pages, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"]);
const repeatMs = { critical: HOUR, warning: 2 * HOUR };

describe("while nobody acknowledges", () => {
  it("the steps are told in turn, three times, then the fallback, then all of them again every hour", async () => {
    const watched = { ...oneRule({}, { everyMs: MINUTE }), policies: { default: policyPlan({ repeatMs }) } };
    const world = await tocsinWorld({ plan: watched, look: bad });
    await world.advanceTo(3 * HOUR);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "183s firing pager n=1",
       "483s escalated lead n=1",
       "783s repeated pager n=2",
       "1083s repeated lead n=2",
       "1383s repeated pager n=3",
       "1683s repeated lead n=3",
       "1983s escalated hook n=1",
       "5583s repeated pager n=4",
       "5583s repeated lead n=4",
       "9183s repeated pager n=5",
       "9183s repeated lead n=5",
     ]
    `);
    expect(deliveryFaults(world)).toEqual([]);
  });

  it("a warning is told once after a while in which more may join, and again after two hours", async () => {
    const watched = oneRule({ severity: "warning" }, { everyMs: MINUTE });
    const world = await tocsinWorld({
      plan: { ...watched, policies: { default: policyPlan({ repeatMs }) } },
      look: bad,
    });
    await world.advanceTo(3 * HOUR);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "213s firing chat n=1",
       "7413s repeated chat n=2",
     ]
    `);
  });

  it("what is only shown is told to nobody", async () => {
    const world = await tocsinWorld({ plan: oneRule({ severity: "info" }), look: bad });
    await world.advanceTo(HOUR);
    expect(world.told).toEqual([]);
    expect(world.incident("controller")).toBeUndefined();
    expect(world.transitions.map(({ to }) => to)).toEqual(["pending", "firing"]);
  });

  it("steps that a long silence of the workers has missed are told one after the other, not at once", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    await world.down();
    await world.advanceTo(30 * MINUTE);
    await world.up();
    await world.advanceTo(40 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "1800s escalated lead n=1",
       "2100s repeated pager n=2",
       "2400s repeated lead n=2",
     ]
    `);
  });
});

describe("several alerts of one service", () => {
  const checks = ["one", "two", "three"].map((name) => checkPlan({ name }));

  it("that fire together travel together", async () => {
    const world = await tocsinWorld({ plan: plan([servicePlan({ checks })]), look: bad });
    await world.advanceTo(4 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
     ]
    `);
    expect(world.told[0]?.members.map(({ alert }) => alert)).toMatchInlineSnapshot(`
     [
       "kohakku/controller/one/not-ready",
       "kohakku/controller/three/not-ready",
       "kohakku/controller/two/not-ready",
     ]
    `);
  });

  it("that come and go later are an update every five minutes at most, and one end", async () => {
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks })], {
        policies: {
          default: policyPlan({ critical: [{ afterMs: 0, notify: ["pager"] }], loops: 1, fallback: [] }),
        },
      }),
      look: (check, at) => {
        const [from, to] = check.endsWith("one") ? [1, 20] : check.endsWith("two") ? [2, 9] : [3, 16];
        return at >= from * MINUTE && at < to * MINUTE ? "bad" : "good";
      },
    });
    await world.advanceTo(30 * MINUTE);
    expect(world.told.map(({ reason }, index) => `${tellings(world)[index]}: ${reason}`))
      .toMatchInlineSnapshot(`
     [
       "185s firing pager n=1: critical: first step",
       "485s updated pager n=2: 2 more firing",
       "785s updated pager n=3: 1 over",
       "1085s updated pager n=4: 1 over",
       "1265s resolved pager n=5: recovered",
     ]
    `);
    expect(world.told.at(-1)?.ended).toHaveLength(3);
  });

  it("raise a warning to a page at once when a critical one joins", async () => {
    const world = await tocsinWorld({
      plan: plan([
        servicePlan({
          checks: [
            checkPlan({ name: "slow", rules: [rulePlan({ severity: "warning" })] }),
            checkPlan({ name: "ready" }),
          ],
        }),
      ]),
      look: (check, at) => (at >= (check.endsWith("slow") ? 1 : 4) * MINUTE ? "bad" : "good"),
    });
    await world.advanceTo(8 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "215s firing chat n=1",
       "365s firing pager n=1",
     ]
    `);
    expect(
      world.told.map(({ incident }) => incident).filter((id, i, all) => all.indexOf(id) === i),
    ).toHaveLength(1);
  });
});

describe("a notifier on two ladders", () => {
  it("hears one end when both severities are over", async () => {
    const both = policyPlan({
      critical: [{ afterMs: 0, notify: ["chat"] }],
      warning: [{ afterMs: 0, notify: ["chat"] }],
      loops: 1,
      fallback: [],
    });
    const world = await tocsinWorld({
      plan: plan(
        [
          servicePlan({
            checks: [
              checkPlan({ name: "slow", rules: [rulePlan({ severity: "warning" })] }),
              checkPlan({ name: "ready" }),
            ],
          }),
        ],
        { policies: { default: both } },
      ),
      look: (check, at) =>
        at >= MINUTE && at < (check.endsWith("slow") ? 12 : 6) * MINUTE + 30 * SECOND ? "bad" : "good",
    });
    await world.advanceTo(20 * MINUTE);
    expect(world.told.map(({ reason }, index) => `${tellings(world)[index]}: ${reason}`))
      .toMatchInlineSnapshot(`
     [
       "185s firing chat n=1: critical: first step",
       "215s updated chat n=2: warning: first step",
       "515s updated chat n=3: 1 over",
       "815s resolved chat n=4: recovered",
     ]
    `);
  });
});
