import { describe, expect, it } from "@jest/globals";

import { composeMessage } from "../../src/domain/compose-message.js";
import type { DeliverInput } from "../../src/domain/deliver-input.js";
import { alertId, checkId, incidentId, serviceId } from "../../src/domain/ids.js";
import type { Member } from "../../src/domain/members.js";
import type { Plan, ServicePlan } from "../../src/domain/plan.js";
import { plan, servicePlan } from "../support/plans.js";

const SURROUNDINGS = { ackCommand: "tocsin ack tocsin/blind", links: {} };
const BLIND: Member = {
  alert: alertId(checkId("tocsin", "blind", "no-route"), "unknown", "kohakku"),
  episode: 1,
  severity: "critical",
  state: "firing",
  since: 0,
  firedAt: 1_000,
  bad: 0,
  unknownSince: 0,
  reason: "nothing is known of 2 alerts of kohakku: no route",
};

function told(members: readonly Member[], { revision }: Plan): DeliverInput {
  return {
    incident: incidentId(serviceId("tocsin", "blind"), 0),
    notifier: "pager",
    n: 1,
    kind: "firing",
    reason: "critical: first step",
    decidedAt: 1_000,
    state: "open",
    severity: "critical",
    members,
    ended: [],
    more: 0,
    notes: [],
    revision,
    textRevision: revision,
  };
}

function ownerOf(system: Partial<Plan["systems"][number]>): string | undefined {
  const shape = plan([], { systems: [{ name: "kohakku", services: [], ...system }] });
  return composeMessage(told([BLIND], shape), shape, SURROUNDINGS).alerts[0]?.owner;
}

const ownedBy = (name: string, owner: string): ServicePlan => servicePlan({ name, owner });

describe("the page of a blind Tocsin", () => {
  it("says what to do, although no configuration has a text for it", () => {
    const [alert] = composeMessage(told([BLIND], plan()), plan(), SURROUNDINGS).alerts;
    expect(alert?.action).toBe("Run `tocsin doctor`; give the worker what the reason names.");
  });

  it("names the owner of the system that cannot be seen", () => {
    expect(ownerOf({ owner: "platform", services: [ownedBy("api", "web")] })).toBe("platform");
  });

  it("names the owners of the services where the system has none", () => {
    const services = [ownedBy("api", "web"), ownedBy("db", "data"), ownedBy("shop", "web")];
    expect(ownerOf({ services })).toBe("web, data");
  });

  it("names nobody for a system that the configuration does not have any more", () => {
    expect(ownerOf({ name: "other" })).toBeUndefined();
  });
});
