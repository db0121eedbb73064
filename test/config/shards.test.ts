import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";

import { assignShards, type Piece, SHARD_CHECKS, sharded } from "../../src/config/shards.js";
import { shardOf } from "../../src/domain/plan-shards.js";
import type { ServicePlan } from "../../src/domain/plan.js";
import { checkPlan, servicePlan } from "../support/plans.js";

const services = fc.uniqueArray(
  fc.record({ name: fc.stringMatching(/^[a-z]{1,3}$/), checks: fc.integer({ min: 0, max: 900 }) }),
  { selector: ({ name }) => name, maxLength: 30 },
);

function loads(assigned: ReadonlyMap<string, number>, sizes: readonly Piece[]): ReadonlyMap<number, number> {
  const load = new Map<number, number>();
  for (const { name, checks } of sizes) {
    const shard = assigned.get(name) ?? Number.NaN;
    load.set(shard, (load.get(shard) ?? 0) + checks);
  }
  return load;
}

describe("assigning services to shards", () => {
  it("fills the lowest with room, by name", () => {
    const sizes = [
      { name: "c", checks: 100 },
      { name: "b", checks: 450 },
      { name: "a", checks: 400 },
    ];
    expect([...assignShards(sizes, new Map())]).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 1],
    ]);
  });

  it("does not depend on the order in which services are given", () => {
    fc.assert(
      fc.property(services, (sizes) => {
        const sorted = (map: ReadonlyMap<string, number>): unknown => [...map].sort();
        expect(sorted(assignShards([...sizes].reverse(), new Map()))).toEqual(
          sorted(assignShards(sizes, new Map())),
        );
      }),
    );
  });

  it("puts no more into a new shard than it holds, unless one service alone is larger", () => {
    fc.assert(
      fc.property(services, (sizes) => {
        const assigned = assignShards(sizes, new Map());
        for (const [shard, load] of loads(assigned, sizes)) {
          const inside = sizes.filter(({ name, checks }) => checks > 0 && assigned.get(name) === shard);
          expect(load <= SHARD_CHECKS || inside.length === 1).toBe(true);
        }
      }),
    );
  });

  it("moves nobody who was assigned before, whatever became of the sizes", () => {
    fc.assert(
      fc.property(services, services, (before, after) => {
        const previous = assignShards(before, new Map());
        const assigned = assignShards(after, previous);
        for (const { name } of after) {
          const was = previous.get(name);
          if (was !== undefined) expect(assigned.get(name)).toBe(was);
        }
        expect(assigned.size).toBe(after.length);
      }),
    );
  });
});

describe("the checks of services, whatever their sizes", () => {
  const plans = services.map((sizes) =>
    sizes.slice(0, 5).map(({ name, checks }) =>
      servicePlan({
        name,
        checks: Array.from({ length: checks }, (_, index) => checkPlan({ name: `c${index}` })),
      }),
    ),
  );
  const whoHas = (all: readonly ServicePlan[]): ReadonlyMap<string, number> =>
    new Map(
      all.flatMap((service) =>
        service.checks.map((check) => [`${service.name}/${check.name}`, shardOf(service, check)] as const),
      ),
    );

  it("are no more to any monitor than it carries", () => {
    fc.assert(
      fc.property(plans, (all) => {
        const load = new Map<number, number>();
        for (const shard of whoHas(sharded(all, [])).values()) load.set(shard, (load.get(shard) ?? 0) + 1);
        expect(Math.max(0, ...load.values())).toBeLessThanOrEqual(SHARD_CHECKS);
      }),
      { numRuns: 30 },
    );
  });

  it("are split only where one service alone is more than that", () => {
    fc.assert(
      fc.property(plans, (all) => {
        const split = sharded(all, []).filter(({ checks }) =>
          checks.some(({ shard }) => shard !== undefined),
        );
        expect(split.every(({ checks }) => checks.length > SHARD_CHECKS)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("stay where they are over revisions", () => {
    fc.assert(
      fc.property(plans, plans, plans, (...revisions) => {
        revisions.reduce<readonly ServicePlan[]>((before, all) => {
          const next = sharded(all, before);
          const now = whoHas(next);
          const moved = [...whoHas(before)].filter(([check, shard]) => (now.get(check) ?? shard) !== shard);
          expect(moved).toEqual([]);
          expect(next.every(({ shard }) => Number.isSafeInteger(shard))).toBe(true);
          expect(sharded(all, next)).toEqual(next);
          return next;
        }, []);
      }),
      { numRuns: 30 },
    );
  });
});
