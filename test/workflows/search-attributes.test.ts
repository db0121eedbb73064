import { describe, expect, it } from "@jest/globals";

import { oneRule, policyPlan } from "../support/plans.js";
import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"], [12 * MINUTE, "good"]);

describe("search attributes", () => {
  it("follow the state, and are written only when it changes", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad, limits: { events: 60, bytes: 1_800_000 } });
    const seen: string[] = [];
    for (let at = 0; at <= 15 * MINUTE; at += 5 * SECOND) {
      await world.advanceTo(at);
      const now = JSON.stringify(world.monitor.searchAttributes);
      if (now !== seen.at(-1)) seen.push(now);
    }
    expect(seen).toMatchInlineSnapshot(`
     [
       "{"TocsinSystem":"kohakku","TocsinState":"good","TocsinOpenAlerts":0}",
       "{"TocsinSystem":"kohakku","TocsinState":"pending","TocsinOpenAlerts":0}",
       "{"TocsinSystem":"kohakku","TocsinState":"firing","TocsinSeverity":"critical","TocsinOpenAlerts":1}",
       "{"TocsinSystem":"kohakku","TocsinState":"good","TocsinOpenAlerts":0}",
     ]
    `);
    const upserts = world.monitor.runs.map(({ commands }) => commands.upsertWorkflowSearchAttributes ?? 0);
    expect(world.monitor.continuedAsNew).toBeGreaterThan(5);
    expect(upserts.reduce((sum, count) => sum + count, 0)).toBe(seen.length);
    expect(world.incident("controller")?.searchAttributes).toMatchInlineSnapshot(`
     {
       "TocsinOpenAlerts": 0,
       "TocsinService": "controller",
       "TocsinState": "closed",
       "TocsinSystem": "kohakku",
     }
    `);
  });

  it("never call good what is not known: unknown until it is for long enough to be blind", async () => {
    const look = phases([MINUTE, { verdict: "unknown", reason: "no route" }], [10 * MINUTE, "good"]);
    const world = await tocsinWorld({ plan: oneRule(), look });
    const stateAt = async (at: number): Promise<unknown> => {
      await world.advanceTo(at);
      return world.monitor.searchAttributes.TocsinState;
    };
    expect(await stateAt(MINUTE)).toBe("good");
    expect(await stateAt(2 * MINUTE)).toBe("unknown");
    expect(await stateAt(7 * MINUTE)).toBe("blind");
    expect(await stateAt(11 * MINUTE)).toBe("good");
  });

  it("are never written where the namespace does not know them", async () => {
    const policies = { default: policyPlan() };
    const world = await tocsinWorld({ plan: { ...oneRule(), policies }, look: bad, searchAttributes: false });
    await world.advanceTo(15 * MINUTE);
    for (const wf of [world.monitor, world.incident("controller")]) {
      const upserts = (wf?.runs ?? []).filter(({ commands }) => "upsertWorkflowSearchAttributes" in commands);
      expect(upserts).toEqual([]);
    }
  });
});
