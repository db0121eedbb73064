import { describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import { checkPlan, plan, servicePlan } from "../support/plans.js";
import { incidentsTold, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";

const split = plan([
  servicePlan({ checks: [checkPlan({ name: "first" }), checkPlan({ name: "second", shard: 2 })] }),
]);

/** Bad from the first minute on: `second` until minute 8, `first` until minute 12. */
async function watched(): Promise<{ readonly world: TocsinWorld; readonly other: WorkflowHarness }> {
  const world = await tocsinWorld({
    plan: split,
    look: (check, at) => {
      const until = check === "controller/second" ? 8 * MINUTE : 12 * MINUTE;
      return at >= MINUTE && at < until ? "bad" : "good";
    },
  });
  const other = await world.world.start({
    type: "monitor",
    workflowId: "monitor:kohakku:2",
    args: [{ prefix: "", system: "kohakku", shard: 2 }],
  });
  return { world, other };
}

describe("a service whose checks are split over two monitors", () => {
  it("has one incident, which is over only when both of them say so", async () => {
    const { world } = await watched();
    await world.advanceTo(11 * MINUTE);
    expect(world.incident("controller")?.closing).toBeUndefined();
    await world.advanceTo(15 * MINUTE);
    expect(incidentsTold(world)).toHaveLength(1);
    expect(tellings(world, "pager")).toMatchInlineSnapshot(`
     [
       "182s firing pager n=1",
       "482s updated pager n=2",
       "782s repeated pager n=3",
       "785s resolved pager n=4",
     ]
    `);
    expect(
      world.told
        .at(-1)
        ?.ended.map(({ alert }) => alert)
        .sort(),
    ).toEqual(["kohakku/controller/first/not-ready", "kohakku/controller/second/not-ready"]);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is probed by each of them only where it is that one's", async () => {
    const { world, other } = await watched();
    await world.advanceTo(2 * MINUTE);
    const alertsOf = async (monitor: WorkflowHarness): Promise<unknown> =>
      (
        (await monitor.query("status")) as { readonly alerts: readonly { readonly alert: string }[] }
      ).alerts.map(({ alert }) => alert);
    expect(await alertsOf(world.monitor)).toEqual(["kohakku/controller/first/not-ready"]);
    expect(await alertsOf(other)).toEqual(["kohakku/controller/second/not-ready"]);
  });

  it("is resolved by hand at both", async () => {
    const { world } = await watched();
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("resolve", { by: "ada" });
    await world.advanceTo(5 * MINUTE);
    expect(
      world.transitions.filter(({ reason }) => reason === "released").map(({ workflowId }) => workflowId),
    ).toEqual(["monitor:kohakku", "monitor:kohakku:2"]);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("loses one of them without a word about the other's checks", async () => {
    const { world, other } = await watched();
    await world.advanceTo(4 * MINUTE);
    const revision = "000000000002" as RevisionId;
    await world.apply({ ...plan([servicePlan({ checks: [checkPlan({ name: "first" })] })]), revision });
    await other.signal("reconfigure", { revision });
    await world.advanceTo(4 * MINUTE + 30 * SECOND);
    expect(other.closing?.kind).toBe("completed");
    expect(world.incident("controller")?.closing).toBeUndefined();
  });
});
