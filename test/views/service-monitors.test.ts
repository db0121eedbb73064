import { describe, expect, it } from "@jest/globals";

import { monitorsOfService } from "../../src/views/service-monitors.js";
import type { ServiceId } from "../../src/domain/ids.js";
import { checkPlan, plan, servicePlan } from "../support/plans.js";

const applied = plan([
  servicePlan({ name: "whole", shard: 3 }),
  servicePlan({
    name: "split",
    checks: [
      checkPlan({ name: "a" }),
      checkPlan({ name: "b", shard: 2 }),
      checkPlan({ name: "c", shard: 4 }),
    ],
  }),
  servicePlan({ name: "empty", checks: [] }),
]);

describe("the monitors that a command reaches", () => {
  it.each<readonly [string, string, string | undefined, readonly number[]]>([
    ["the one that has the service", "kohakku/whole", undefined, [3]],
    ["all that share a service", "kohakku/split", undefined, [1, 2, 4]],
    ["only the one that has the check", "kohakku/split", "b", [2]],
    ["all that share the service of a check that is not known yet", "kohakku/split", "new", [1, 2, 4]],
    ["none of a service without checks", "kohakku/empty", undefined, []],
    ["none of a service that is not known", "kohakku/other", undefined, []],
  ])("are %s", (_name, service, check, shards) => {
    expect(monitorsOfService(applied, service as ServiceId, check)).toEqual(
      shards.map((shard) => ({ system: "kohakku", shard })),
    );
  });
});
