import { describe, expect, it } from "@jest/globals";

import { incidentTexts } from "../../src/domain/member-texts.js";
import { membersMessage } from "../../src/domain/members-input.js";
import { member } from "../support/incident-story.js";
import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";

const disk = rulePlan({
  name: "full",
  action: "Free space on {{ subject }}.",
  runbook: "https://runbooks.example/{{ rule }}",
});
const watched = plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "disk", rules: [disk] })] })]);
const ready = member("ready/not-ready");

describe("the texts that go along with an incident's alerts", () => {
  it("are the owner once, and for each alert what to do, with its own values", () => {
    expect(incidentTexts([ready, member("disk/full/%2Fvar")], watched)).toEqual({
      owner: "platform",
      alerts: {
        [ready.alert]: { action: "Restore what the body names." },
        "kohakku/controller/disk/full/%2Fvar": {
          action: "Free space on /var.",
          runbook: "https://runbooks.example/full",
        },
      },
    });
  });

  it("are none for an alert that the configuration does not have any more", () => {
    expect(incidentTexts([member("gone/gone")], watched)).toEqual({
      owner: "platform",
      alerts: { "kohakku/controller/gone/gone": {} },
    });
  });

  it("are few and short, however much fires and is written", () => {
    const long = plan([
      servicePlan({ checks: [checkPlan({ rules: [rulePlan({ action: "x".repeat(1_000) })] })] }),
    ]);
    const many = Array.from({ length: 50 }, (_, index) => member(`ready/not-ready/${index}`));
    const { alerts } = incidentTexts(many, long);
    expect(Object.keys(alerts)).toHaveLength(10);
    expect(JSON.stringify(alerts).length).toBeLessThan(5_000);
  });
});

describe("a monitor's message", () => {
  const message = {
    from: "monitor:kohakku",
    seq: 1,
    revision: "r",
    list: [ready],
    more: 0,
    ended: [],
    known: false,
  };
  const texts = { owner: "platform", alerts: { [ready.alert]: { action: "Restore it." } } };

  it("brings its texts", () => {
    expect(membersMessage({ ...message, texts })?.texts).toEqual(texts);
  });

  it.each([
    null,
    "texts",
    { owner: 7, alerts: {} },
    { alerts: { a: { action: 7 } } },
    { alerts: { a: { runbook: {} } } },
  ])("is taken without texts that are none: %j", (garbage) => {
    const taken = membersMessage({ ...message, texts: garbage });
    expect(taken?.list).toEqual([ready]);
    expect(taken?.texts).toBeUndefined();
  });
});
