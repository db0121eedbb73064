import { describe, expect, it } from "@jest/globals";

import type { RevisionId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const bad = phases([MINUTE, "bad"], [12 * MINUTE, "good"]);

/** The part between what it is and how to act on it. */
function news(details: string): string {
  return details.split("\n\n").slice(1, -2).join("\n\n");
}

describe("the live details of a monitor", () => {
  it("say what it is and how to act on it, also when it has continued as new", async () => {
    const world = await tocsinWorld({ plan: oneRule(), limits: { events: 40, bytes: 1_800_000 } });
    await world.advanceTo(20 * MINUTE);
    expect(world.monitor.continuedAsNew).toBeGreaterThan(0);
    expect(await world.monitor.currentDetails()).toMatchInlineSnapshot(`
     "Sweeps kohakku and judges what it sees.

     Everything is good.

     **Revision 000000000001:**

     - every 15 s: 1 check, swept 00:19:49 UTC, next 00:20:04 UTC

     **To act on it**, send a signal (More Actions, Send a Signal), or an update of the same name, which answers. Every field is optional, and so is the whole input:

     - \`pause\` \`{by, for, reason, service, check}\`: Stop probing and judging a check, a service or all of it.
     - \`resume\` \`{by, service, check}\`: End a pause.
     - \`sweepNow\` \`{by, service, check}\`: Probe now.
     - \`reconfigure\` \`{revision}\`: Take an applied configuration; without one, the one applied last."
    `);
  });

  it("list what is not good, each with its clock", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "Nothing has been swept yet.

     **Revision 000000000001:**

     - every 15 s: 1 check, not swept yet, next 00:00:04 UTC"
    `);
    await world.advanceTo(2 * MINUTE);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "**What is not good:**

     - **controller/ready/not-ready** critical, pending since 00:01:04 UTC, pages at 00:03:04 UTC if still bad: bad at controller/ready

     **Revision 000000000001:**

     - every 15 s: 1 check, swept 00:01:49 UTC, next 00:02:04 UTC"
    `);
    await world.advanceTo(4 * MINUTE);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "**What is not good:**

     - **controller/ready/not-ready** critical, firing since 00:01:04 UTC: bad at controller/ready

     **Revision 000000000001:**

     - every 15 s: 1 check, swept 00:03:49 UTC, next 00:04:04 UTC"
    `);
    await world.advanceTo(12 * MINUTE + 30 * SECOND);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "**What is not good:**

     - **controller/ready/not-ready** critical, recovering, bad since 00:01:04 UTC, over at 00:13:04 UTC if still good: bad at controller/ready

     **Revision 000000000001:**

     - every 15 s: 1 check, swept 00:12:19 UTC, next 00:12:34 UTC"
    `);
  });

  it.each([
    ["critical", "pages at 00:03:04 UTC if still bad"],
    ["warning", "told at 00:03:04 UTC if still bad"],
    ["info", "fires at 00:03:04 UTC if still bad"],
  ] as const)("say what a pending alert comes to: %s", async (severity, what) => {
    const world = await tocsinWorld({ plan: oneRule({ severity }), look: bad });
    await world.advanceTo(2 * MINUTE);
    expect(await world.monitor.currentDetails()).toContain(
      `- **controller/ready/not-ready** ${severity}, pending since 00:01:04 UTC, ${what}: bad at`,
    );
  });

  it("say the day of what is not of today", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 60 * MINUTE }),
      look: phases([MINUTE, "bad"]),
    });
    await world.advanceTo(27 * 60 * MINUTE);
    expect(await world.monitor.currentDetails()).toContain(
      "critical, firing since 2026-01-01 01:00:00 UTC: bad",
    );
  });

  it("name pauses and blindness first, and cut what is too long or not Markdown", async () => {
    const checks = Array.from({ length: 45 }, (_, index) =>
      checkPlan({ name: `check-${String(index).padStart(2, "0")}` }),
    );
    const world = await tocsinWorld({
      plan: plan([servicePlan({ checks }), servicePlan({ name: "quiet" })]),
      look: (check, at) =>
        at >= MINUTE && check.startsWith("controller")
          ? { verdict: "unknown", reason: "no <b>*route*</b>\nto it" }
          : "good",
    });
    await world.monitor.signal("pause", { by: "ada", for: "2h", service: "quiet", reason: "moving" });
    await world.advanceTo(7 * MINUTE);
    const details = await world.monitor.currentDetails();
    expect(details.split("\n").slice(2, 8)).toMatchInlineSnapshot(`
     [
       "- **blind** since 00:01:04 UTC: nothing is known of 45 alerts, no \\<b>\\*route\\*\\</b> to it",
       "- **paused** quiet by ada until 02:00:00 UTC: moving",
       "",
       "**What is not good:**",
       "",
       "- **controller/check-00/not-ready** critical, unknown since 00:01:04 UTC: no \\<b>\\*route\\*\\</b> to it",
     ]
    `);
    expect(details).toContain("- and 5 more\n\n**Revision");
    expect(details.length).toBeLessThan(8_000);
  });
});

describe("the live details of an incident", () => {
  it("say who has it and how to take it, what to do, who was told and what comes next", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ runbook: "https://runbooks.example/{{ check }}" }),
      look: bad,
      answer: (notifier, at) => (notifier === "lead" && at < 8.5 * MINUTE ? "retry" : "accepted"),
    });
    await world.advanceTo(4 * MINUTE);
    const incident = world.incident("controller");
    expect(await incident?.currentDetails()).toMatchInlineSnapshot(`
     "What is wrong with kohakku/controller, and who has been told.

     ### Open since 00:03:04 UTC: nobody has it

     - **to acknowledge**, send the signal \`acknowledge\` without any input, or run \`tocsin ack kohakku/controller\`
     - **next**: lead at 00:08:04 UTC unless acknowledged or over by then
     - **owner**: platform
     - **incident** \`kohakku/controller@2026-01-01T00:03:04.781Z\`

     **What fires:**

     - **ready/not-ready** critical, firing since 00:01:04 UTC: bad at controller/ready
     - **action**: Restore what the body names.
     - **runbook**: https://runbooks.example/ready

     **Who was told:**

     - **pager** was told: page at 00:03:04 UTC; its end is owed

     **What happened:**

     - 00:03:04 UTC **opened**
     - 00:03:04 UTC **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 00:03:04 UTC **step** critical: first step: pager
     - 00:03:04 UTC **told** page to pager

     **To act on it**, send a signal (More Actions, Send a Signal), or an update of the same name, which answers. Every field is optional, and so is the whole input:

     - \`acknowledge\` \`{by, note, for, alerts}\`: Somebody has it: no further steps and repeats.
     - \`unacknowledge\` \`{by}\`: Take the acknowledgement back: it pages again.
     - \`pause\` \`{by, for, reason}\`: Tell nobody but ends for a time.
     - \`resume\` \`{by}\`: End the pause.
     - \`resolve\` \`{by, reason}\`: End it by hand: alerts are released, ends are told.
     - \`escalate\` \`{by}\`: Tell the next step now.
     - \`comment\` \`{by, text}\`: Note something in the timeline."
    `);
    await world.advanceTo(8 * MINUTE + 8 * SECOND);
    expect(news((await incident?.currentDetails()) ?? "")).toMatchInlineSnapshot(`
     "### Open since 00:03:04 UTC: nobody has it

     - **to acknowledge**, send the signal \`acknowledge\` without any input, or run \`tocsin ack kohakku/controller\`
     - **next**: pager at 00:13:04 UTC unless acknowledged or over by then
     - **owner**: platform
     - **incident** \`kohakku/controller@2026-01-01T00:03:04.781Z\`

     **What fires:**

     - **ready/not-ready** critical, firing since 00:01:04 UTC: bad at controller/ready
     - **action**: Restore what the body names.
     - **runbook**: https://runbooks.example/ready

     **Who was told:**

     - **pager** was told: page at 00:03:04 UTC; its end is owed
     - **lead** has not been told; escalation did not get through: 3 tries, next at 00:08:11 UTC

     **What happened:**

     - 00:03:04 UTC **opened**
     - 00:03:04 UTC **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 00:03:04 UTC **step** critical: first step: pager
     - 00:03:04 UTC **told** page to pager
     - 00:08:04 UTC **step** critical: step 2, time 1 through, not acknowledged: lead
     - 00:08:04 UTC **retry** escalation to lead: the script says retry
     - 00:08:05 UTC **retry** escalation to lead, attempt 2: the script says retry
     - 00:08:07 UTC **retry** escalation to lead, attempt 3: the script says retry"
    `);
    await world.advanceTo(8 * MINUTE + 10 * SECOND);
    await incident?.signal("acknowledge", { by: "ada", for: "2h", note: "looking *at* it" });
    await world.advanceTo(9 * MINUTE);
    expect(news((await incident?.currentDetails()) ?? "")).toMatchInlineSnapshot(`
     "### Acknowledged: ada has it until 02:08:10 UTC: looking \\*at\\* it

     - **next**: pages again at 02:08:10 UTC if it still fires
     - **owner**: platform
     - **incident** \`kohakku/controller@2026-01-01T00:03:04.781Z\`

     **What fires:**

     - **ready/not-ready** critical, firing since 00:01:04 UTC: bad at controller/ready
     - **action**: Restore what the body names.
     - **runbook**: https://runbooks.example/ready

     **Who was told:**

     - **pager** was told: page at 00:03:04 UTC, last acknowledgement at 00:08:10 UTC; its end is owed
     - **lead** has not been told

     **What happened:**

     - 00:03:04 UTC **opened**
     - 00:03:04 UTC **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 00:03:04 UTC **step** critical: first step: pager
     - 00:03:04 UTC **told** page to pager
     - 00:08:04 UTC **step** critical: step 2, time 1 through, not acknowledged: lead
     - 00:08:04 UTC **retry** escalation to lead: the script says retry
     - 00:08:05 UTC **retry** escalation to lead, attempt 2: the script says retry
     - 00:08:07 UTC **retry** escalation to lead, attempt 3: the script says retry
     - 00:08:10 UTC **acknowledged** until 02:08:10 UTC: looking \\*at\\* it (ada)
     - 00:08:10 UTC **superseded** escalation to lead, attempt 3: no longer wanted
     - 00:08:10 UTC **told** acknowledgement to pager"
    `);
  });

  it("say why a pause is, until when, and who can still be heard", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: bad });
    await world.advanceTo(4 * MINUTE);
    const incident = world.incident("controller");
    await incident?.signal("pause", { by: "ada", for: "1h", reason: "the vendor works on it" });
    const details = (await incident?.currentDetails()) ?? "";
    expect(details.split("\n\n").slice(1, 3)).toMatchInlineSnapshot(`
     [
       "### Paused by ada until 01:04:00 UTC: the vendor works on it",
       "- **nobody has it**: to acknowledge, send the signal \`acknowledge\` without any input, or run \`tocsin ack kohakku/controller\`
     - **next**: no step and no repeat before the pause ends; the end is told all the same
     - **owner**: platform
     - **incident** \`kohakku/controller@2026-01-01T00:03:04.781Z\`",
     ]
    `);
    expect(details).toContain("**paused** until 01:04:00 UTC: the vendor works on it (ada)");
  });

  it("say whose part of it nobody has", async () => {
    const checks = [checkPlan(), checkPlan({ name: "queue" })];
    const world = await tocsinWorld({ plan: plan([servicePlan({ checks })]), look: bad });
    await world.advanceTo(4 * MINUTE);
    const incident = world.incident("controller");
    await incident?.signal("acknowledge", { by: "ada", alerts: ["kohakku/controller/ready/not-ready"] });
    const details = await incident?.currentDetails();
    expect(details).toContain("nobody has 1 of its 2 alerts");
    expect(details).toContain("- **acknowledged** in part: ada has it until 00:34:00 UTC");
  });

  it("say why nothing is known of what fires", async () => {
    const look = phases([MINUTE, "bad"], [4 * MINUTE, { verdict: "unknown", reason: "no route" }]);
    const world = await tocsinWorld({ plan: oneRule(), look });
    await world.advanceTo(6 * MINUTE);
    expect(await world.incident("controller")?.currentDetails()).toContain(
      "critical, firing since 00:01:04 UTC, nothing known since 00:04:04 UTC (no route): bad at controller/ready",
    );
  });

  it("say that the end was heard wherever the page was", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: bad,
      answer: (notifier, _at, { kind }) =>
        notifier === "lead" && kind === "resolved" ? "retry" : "accepted",
    });
    await world.advanceTo(14 * MINUTE);
    expect(news((await world.incident("controller")?.currentDetails()) ?? "")).toMatchInlineSnapshot(`
     "### Over since 00:13:04 UTC

     - **owner**: platform
     - **incident** \`kohakku/controller@2026-01-01T00:03:04.781Z\`

     **Who was told:**

     - **pager** was told: page at 00:03:04 UTC, end at 00:13:04 UTC
     - **lead** was told: escalation at 00:08:04 UTC; end did not get through: 6 tries, next at 00:14:01 UTC; its end is owed

     **What happened:**

     - 00:03:04 UTC **opened**
     - 00:03:04 UTC **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 00:03:04 UTC **step** critical: first step: pager
     - 00:03:04 UTC **told** page to pager
     - 00:08:04 UTC **step** critical: step 2, time 1 through, not acknowledged: lead
     - 00:08:04 UTC **told** escalation to lead
     - 00:13:04 UTC **step** critical: step 1, time 2 through, not acknowledged: pager
     - 00:13:04 UTC **member-ended** kohakku/controller/ready/not-ready recovered
     - 00:13:04 UTC **ended** no member fires any more
     - 00:13:04 UTC **retry** end to lead: the script says retry
     - 00:13:04 UTC **told** repeat to pager
     - 00:13:04 UTC **told** end to pager
     - 00:13:05 UTC **retry** end to lead, attempt 2: the script says retry
     - 00:13:07 UTC **retry** end to lead, attempt 3: the script says retry
     - 00:13:11 UTC **retry** end to lead, attempt 4: the script says retry
     - 00:13:18 UTC **retry** end to lead, attempt 5: the script says retry
     - 00:13:34 UTC **retry** end to lead, attempt 6: the script says retry"
    `);
  });

  it("survive that the run continues as new", async () => {
    const world = await tocsinWorld({
      plan: oneRule({ runbook: "https://runbooks.example/ready" }),
      look: bad,
      answer: (notifier) => (notifier === "lead" ? "retry" : "accepted"),
      limits: { events: 40, bytes: 1_800_000 },
    });
    await world.advanceTo(11 * MINUTE);
    const incident = world.incident("controller");
    expect(incident?.continuedAsNew).toBeGreaterThan(0);
    const details = await incident?.currentDetails();
    expect(details).toContain("What is wrong with kohakku/controller, and who has been told.");
    expect(details).toContain("- **pager** was told: page at 00:03:04 UTC; its end is owed");
    expect(details).toContain("- **runbook**: https://runbooks.example/ready");
    expect(details).toContain("- `acknowledge` `{by, note, for, alerts}`: Somebody has it");
  });

  it("are bounded, however much fires", async () => {
    const checks = Array.from({ length: 45 }, (_, index) => checkPlan({ name: `check-${index}` }));
    const world = await tocsinWorld({ plan: plan([servicePlan({ checks })]), look: bad });
    await world.advanceTo(4 * MINUTE);
    const details = (await world.incident("controller")?.currentDetails()) ?? "";
    expect(details.match(/, firing since /g)).toHaveLength(20);
    expect(details.match(/\*\*action\*\*/g)).toHaveLength(10);
    expect(details).toContain("- and 25 more\n");
    expect(details.length).toBeLessThan(8_000);
  });
});

describe("the memo", () => {
  const RUNBOOK = "https://runbooks.example/not-ready";
  /** Under other owners, as a later configuration has it. */
  const ownedBy = (owner: string): Plan => {
    const services = [
      servicePlan({ owner, checks: [checkPlan({ rules: [rulePlan({ runbook: RUNBOOK })] })] }),
    ];
    return { ...plan(services), revision: owner as RevisionId };
  };

  it("of an incident names the owner of the service and the runbook of what fires", async () => {
    const world = await tocsinWorld({ plan: ownedBy("platform"), look: bad });
    await world.advanceTo(4 * MINUTE);
    expect(world.incident("controller")?.memo).toEqual({ owner: "platform", runbook: RUNBOOK });
  });

  it("of a monitor names the owner, and follows the configuration through continue-as-new, written only on change", async () => {
    const limits = { events: 60, bytes: 1_800_000 };
    const world = await tocsinWorld({ plan: ownedBy("platform"), limits });
    await world.advanceTo(5 * MINUTE);
    expect(world.monitor.memo).toEqual({ owner: "platform" });
    await world.apply(ownedBy("web"));
    await world.advanceTo(20 * MINUTE);
    expect(world.monitor.memo).toEqual({ owner: "web" });
    expect(world.monitor.continuedAsNew).toBeGreaterThan(2);
    const written = world.monitor.runs.map(({ commands }) => commands.modifyWorkflowProperties ?? 0);
    expect(written.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

describe("timers and activities", () => {
  it("say beside them what they are for", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 50 * SECOND }),
      look: bad,
      sweepMs: SECOND,
    });
    const timers = new Set<string>();
    for (let at = 0; at <= 15 * MINUTE; at += 10 * SECOND) {
      await world.advanceTo(at);
      const running = [world.monitor, world.incident("controller")].flatMap(
        (wf) => wf?.pendingTimers() ?? [],
      );
      for (const { summary } of running) timers.add(summary ?? "(none)");
    }
    expect([...timers].sort()).toMatchInlineSnapshot(`
     [
       "next sweep of the 50s lane",
       "page if controller/ready/not-ready is still bad",
       "resolve controller/ready/not-ready if it is still good",
       "tell lead (critical, step 2) unless acknowledged",
       "tell pager (critical, step 1, time 2 through) unless acknowledged",
       "tell the incident of controller again",
     ]
    `);
    const calls = [world.monitor, world.incident("controller")].flatMap((wf) => wf?.activityCalls() ?? []);
    const summaries = new Set(calls.map(({ name, summary }) => `${name}: ${summary ?? "(none)"}`));
    expect([...summaries].sort()).toMatchInlineSnapshot(`
     [
       "deliver: tell lead: end",
       "deliver: tell lead: escalation",
       "deliver: tell pager: end",
       "deliver: tell pager: page",
       "gate: may lead be told",
       "gate: may pager be told",
       "loadMonitor: read revision applied last for kohakku",
       "record: record 1 row",
       "record: record 2 rows",
       "record: record 3 rows",
       "sweep: confirm controller/ready",
       "sweep: sweep 50s lane",
       "tellIncident: tell kohakku/controller: 0 firing",
       "tellIncident: tell kohakku/controller: 1 firing",
     ]
    `);
  });
});
