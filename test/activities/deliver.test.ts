import { describe, expect, it } from "@jest/globals";
import { MockActivityEnvironment } from "@temporalio/testing";

import { deliverActivity } from "../../activities/deliver.js";
import type { DeliverDependencies, EndedAttempt } from "../../activities/dependencies.js";
import type { DeliverInput } from "../../src/domain/deliver-input.js";
import type { IncidentId, RevisionId } from "../../src/domain/ids.js";
import type { AttemptResult } from "../../src/domain/message.js";
import type { NotifierPlan } from "../../src/domain/plan.js";
import { systemClock } from "../../src/lib/clock.js";
import { webhook } from "../../src/notifiers/webhook.js";
import type { DeliverActivities } from "../../workflows/activity-contract.js";
import { plan } from "../support/plans.js";

const REVISION = "r1" as RevisionId;

function notifier(type: string, spec: unknown): NotifierPlan {
  return {
    name: "screen",
    type,
    allowPrivate: true,
    spec: JSON.parse(JSON.stringify(spec)) as NotifierPlan["spec"],
  };
}

const input: DeliverInput = {
  incident: "shop/api@2026-03-01T12:00:00.000Z" as IncidentId,
  notifier: "screen",
  n: 3,
  kind: "firing",
  reason: "critical: first step",
  decidedAt: Date.parse("2026-03-01T12:02:00Z"),
  state: "open",
  severity: "critical",
  revision: REVISION,
  textRevision: REVISION,
  members: [],
  ended: [],
  more: 0,
  notes: [],
};

async function delivered(notifiers: Readonly<Record<string, NotifierPlan>>): Promise<{
  readonly result: AttemptResult;
  readonly heard: readonly EndedAttempt[];
  readonly said: string;
}> {
  const heard: EndedAttempt[] = [];
  let said = "";
  const dependencies: DeliverDependencies = {
    plans: { plan: () => Promise.resolve({ ...plan(), notifiers }) },
    clock: systemClock,
    secrets: (reference) => Promise.reject(new Error(`${reference}: the variable is not set`)),
    notifierEgress: () => ({ refuse: () => undefined }),
    stdout: (line) => (said += line),
    surroundings: () => ({ ackCommand: "ack", links: {} }),
    attempted: (attempt) => heard.push(attempt),
  };
  const result = await new MockActivityEnvironment().run<
    [DeliverInput],
    AttemptResult,
    DeliverActivities["deliver"]
  >(deliverActivity(dependencies), input);
  return { result, heard, said };
}

const WHO = { incident: input.incident, notifier: "screen", kind: "firing", n: 3 };

describe("an attempt at a notifier", () => {
  it("sends what the revision says, and is heard of", async () => {
    const { result, heard, said } = await delivered({ screen: notifier("stdout", { format: "text" }) });
    expect(result.result).toBe("accepted");
    expect(said).toContain("FIRING");
    expect(heard).toMatchObject([{ ...WHO, result, severity: "critical", decidedAt: input.decidedAt }]);
  });

  it("whose secret is missing is rejected and heard of: nobody finds it out from silence", async () => {
    const spec = webhook.schema.parse({ url: "http://127.0.0.1:9/", secret: "env:HOOK_SECRET" });
    const { result, heard } = await delivered({ screen: notifier("webhook", spec) });
    expect(result).toEqual({ result: "rejected", reason: expect.stringContaining("HOOK_SECRET") });
    expect(heard).toMatchObject([{ ...WHO, result }]);
  });

  it("at a notifier that the revision does not have is rejected", async () => {
    const { result } = await delivered({});
    expect(result).toEqual({ result: "rejected", reason: "revision r1 has no usable notifier 'screen'" });
  });
});
