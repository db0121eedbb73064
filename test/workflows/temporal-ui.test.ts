import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, servicePlan } from "../support/plans.js";
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

     Revision 000000000001:

     - every 15 s: 1 check, swept 00:19:49 UTC, next 00:20:04 UTC

     **To act on it**, send a signal from this page's menu, or an update of the same name, which answers. Every field is optional, and so is the whole input:

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

     Revision 000000000001:

     - every 15 s: 1 check, not swept yet, next 00:00:04 UTC"
    `);
    await world.advanceTo(2 * MINUTE);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "- **controller/ready/not-ready** critical, pending since 00:01:04 UTC, pages at 00:03:04 UTC if still bad: bad at controller/ready

     Revision 000000000001:

     - every 15 s: 1 check, swept 00:01:49 UTC, next 00:02:04 UTC"
    `);
    await world.advanceTo(4 * MINUTE);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "- **controller/ready/not-ready** critical, firing since 00:01:04 UTC: bad at controller/ready

     Revision 000000000001:

     - every 15 s: 1 check, swept 00:03:49 UTC, next 00:04:04 UTC"
    `);
    await world.advanceTo(12 * MINUTE + 30 * SECOND);
    expect(news(await world.monitor.currentDetails())).toMatchInlineSnapshot(`
     "- **controller/ready/not-ready** critical, recovering, bad since 00:01:04 UTC, over at 00:13:04 UTC if still good: bad at controller/ready

     Revision 000000000001:

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
    expect(details.split("\n").slice(2, 6)).toMatchInlineSnapshot(`
     [
       "- **blind** since 00:01:04 UTC: nothing is known of 45 alerts, no \\<b>\\*route\\*\\</b> to it",
       "- **paused** quiet by ada until 02:00:00 UTC: moving",
       "",
       "- **controller/check-00/not-ready** critical, unknown since 00:01:04 UTC: no \\<b>\\*route\\*\\</b> to it",
     ]
    `);
    expect(details).toContain("- and 5 more\n\nRevision");
    expect(details.length).toBeLessThan(8_000);
  });
});

describe("the live details of an incident", () => {
  it("say what fires, who has it, who was told and what comes next", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: bad,
      answer: (notifier, at) => (notifier === "lead" && at < 8.5 * MINUTE ? "retry" : "accepted"),
    });
    await world.advanceTo(4 * MINUTE);
    const incident = world.incident("controller");
    expect(await incident?.currentDetails()).toMatchInlineSnapshot(`
     "### kohakku/controller@2026-01-01T00:03:04.781Z: open
     - next: lead at 2026-01-01T00:08:04Z

     | alert | severity | state | since | last reading |
     | --- | --- | --- | --- | --- |
     | kohakku/controller/ready/not-ready | critical | firing | 2026-01-01T00:01:04Z | bad at controller/ready |

     | notifier | told |
     | --- | --- |
     | pager | firing n=1 at 2026-01-01T00:03:04Z |

     - 2026-01-01T00:03:04Z **opened** 
     - 2026-01-01T00:03:04Z **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 2026-01-01T00:03:04Z **step** critical: first step: pager
     - 2026-01-01T00:03:04Z **told** page to pager"
    `);
    await world.advanceTo(8 * MINUTE + 10 * SECOND);
    await incident?.signal("acknowledge", { by: "ada", for: "2h", note: "looking | at it" });
    await world.advanceTo(9 * MINUTE);
    expect(await incident?.currentDetails()).toMatchInlineSnapshot(`
     "### kohakku/controller@2026-01-01T00:03:04.781Z: acknowledged
     - **acknowledged** by ada until 2026-01-01T02:08:10Z

     | alert | severity | state | since | last reading |
     | --- | --- | --- | --- | --- |
     | kohakku/controller/ready/not-ready | critical | firing | 2026-01-01T00:01:04Z | bad at controller/ready |

     | notifier | told |
     | --- | --- |
     | pager | acknowledged n=2 at 2026-01-01T00:08:10Z |
     | lead | nothing told yet |

     - 2026-01-01T00:03:04Z **opened** 
     - 2026-01-01T00:03:04Z **member** kohakku/controller/ready/not-ready fires: bad at controller/ready
     - 2026-01-01T00:03:04Z **step** critical: first step: pager
     - 2026-01-01T00:03:04Z **told** page to pager
     - 2026-01-01T00:08:04Z **step** critical: step 2, time 1 through, not acknowledged: lead
     - 2026-01-01T00:08:04Z **retry** escalation to lead: the script says retry
     - 2026-01-01T00:08:05Z **retry** escalation to lead, attempt 2: the script says retry
     - 2026-01-01T00:08:07Z **retry** escalation to lead, attempt 3: the script says retry
     - 2026-01-01T00:08:10Z **acknowledged** until 02:08:10 UTC: looking \\| at it (ada)
     - 2026-01-01T00:08:10Z **superseded** escalation to lead, attempt 3: no longer wanted
     - 2026-01-01T00:08:10Z **told** acknowledgement to pager"
    `);
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
