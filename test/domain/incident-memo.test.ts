import { describe, expect, it } from "@jest/globals";

import type { AlertId, ServiceId } from "../../src/domain/ids.js";
import { incidentMemo } from "../../src/domain/incident-memo.js";
import type { Member } from "../../src/domain/members.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";

const SERVICE = "kohakku/controller" as ServiceId;
const RUNBOOK = "https://runbooks.example/not-ready";

function member(rule: string, changes: Partial<Member> = {}): Member {
  return {
    alert: `kohakku/controller/ready/${rule}` as AlertId,
    ...{ episode: 1, severity: "critical", state: "firing", since: 1, firedAt: 2, bad: 2, reason: "503" },
    ...changes,
  };
}

const rules = [
  rulePlan({ name: "slow", severity: "warning", runbook: "https://runbooks.example/slow" }),
  rulePlan({ runbook: RUNBOOK }),
  rulePlan({ name: "empty" }),
];
const one = plan([servicePlan({ checks: [checkPlan({ rules })] })]);

describe("the memo of an incident", () => {
  it("names the service's owner and the runbook of the worst alert that has one", () => {
    const slow = member("slow", { severity: "warning" });
    expect(incidentMemo(one, SERVICE, [slow, member("empty"), member("not-ready")])).toEqual({
      owner: "platform",
      runbook: RUNBOOK,
    });
  });

  it("names no runbook where none is written", () => {
    expect(incidentMemo(one, SERVICE, [member("empty")])).toEqual({ owner: "platform" });
  });

  it("says that nobody owns what the configuration does not know, Tocsin's own alerts among it", () => {
    const blind = member("unknown", { alert: "tocsin/blind/no-data/unknown/kohakku" as AlertId });
    expect(incidentMemo(one, "tocsin/blind" as ServiceId, [blind])).toEqual({ owner: "nobody" });
    expect(incidentMemo(one, "kohakku/gone" as ServiceId, [])).toEqual({ owner: "nobody" });
  });
});
