import { describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, rulePlan, servicePlan } from "../support/plans.js";
import { logLines, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import { nothingOpens, run, worldCli, type WorldCli } from "./world-installation.js";

const bad = phases([MINUTE, { verdict: "bad", reason: "503" }]);
const HIS = "kohakku/controller";

/** Paged at 185 s, the next step is at 485 s. */
async function paged(shape = oneRule()): Promise<WorldCli & { readonly world: TocsinWorld }> {
  const world = await tocsinWorld({ plan: shape, look: bad });
  await world.advanceTo(4 * MINUTE);
  return { ...worldCli(world, shape), world };
}

async function twoPaged(): Promise<WorldCli & { readonly world: TocsinWorld }> {
  return paged(plan([servicePlan(), servicePlan({ name: "dispatcher" })]));
}

describe("tocsin ack", () => {
  it("alone takes the only open incident, under the name of who called it", async () => {
    const { tocsin, world } = await paged();
    expect(await tocsin("ack")).toEqual({
      out: "kohakku/controller: acknowledged by ada until 2026-01-01 00:34:00 UTC\n",
      err: "",
      exit: 0,
    });
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s acknowledged pager n=2"]);
  });

  it("carries --by, --for and --note", async () => {
    const { tocsin, world } = await paged();
    const { out } = await tocsin("ack", HIS, "--by", "bo", "--for", "2h", "--note", "on my way");
    expect(out).toBe("kohakku/controller: acknowledged by bo until 2026-01-01 02:04:00 UTC\n");
    await world.advanceTo(4 * MINUTE + SECOND);
    expect(logLines(world, "acknowledged")).toEqual(["240s acknowledged by bo: on my way"]);
  });

  it("alone lists the open ones when there are several, and ends with 2", async () => {
    const { tocsin } = await twoPaged();
    expect(await tocsin("ack")).toMatchInlineSnapshot(`
     {
       "err": "error CLI-004: 2 incidents are open
     what to do: Name one of them: \`tocsin ack <system>/<service>\`.
     ",
       "exit": 2,
       "out": "INCIDENT            SEVERITY  STATE  ALERTS  OPEN FOR  WHAT NEXT
     kohakku/controller  critical  open        1  55s       lead at 00:08
     kohakku/dispatcher  critical  open        1  55s       lead at 00:08
     ",
     }
    `);
  });

  it("alone says so when nothing is open", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    await world.advanceTo(MINUTE);
    const { err, exit } = await worldCli(world, oneRule()).tocsin("ack");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-003: no incident is open
     what to do: \`tocsin incidents\` lists the open ones; one that has just ended needs nothing any more.
     ",
       "exit": 1,
     }
    `);
  });

  it.each([
    { how: "as the target", argv: ["ack", "kohakku/controller/ready/not-ready"] },
    { how: "by --alert", argv: ["ack", HIS, "--alert", "kohakku/controller/ready/not-ready"] },
  ])("of one alert, named $how, leaves the others to page", async ({ argv }) => {
    const two = plan([
      servicePlan({
        checks: [checkPlan(), checkPlan({ name: "health", rules: [rulePlan({ name: "ill" })] })],
      }),
    ]);
    const { tocsin, world } = await paged(two);
    expect((await tocsin(...argv)).exit).toBe(0);
    await world.advanceTo(9 * MINUTE);
    expect(tellings(world, "lead")).toHaveLength(1);
  });

  it("is refused for an alert that does not fire, and ends with 1", async () => {
    const { tocsin } = await paged();
    const { err, exit } = await tocsin("ack", HIS, "--alert", "kohakku/controller/ready/other");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-002: kohakku/controller: kohakku/controller/ready/other is not firing in this incident
     what to do: The message says why; \`tocsin status\` and \`tocsin incidents\` say what is there now.
     ",
       "exit": 1,
     }
    `);
  });

  it("says that no incident is open for what it names", async () => {
    const { tocsin } = await paged();
    const { err, exit } = await tocsin("ack", "kohakku/dispatcher");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-003: no incident is open for kohakku/dispatcher
     what to do: \`tocsin incidents\` lists the open ones; one that has just ended needs nothing any more.
     ",
       "exit": 1,
     }
    `);
  });

  it("that no worker answers is left as a signal, says so, and is honoured when one is back", async () => {
    const { tocsin, away, given, world } = await paged();
    away.workers = true;
    await world.down();
    expect(await tocsin("ack", HIS)).toEqual({
      out: "",
      err: "kohakku/controller: no worker answered: sent as a signal, it will be honoured when one is back\n",
      exit: 0,
    });
    await world.advanceTo(20 * MINUTE);
    await world.up();
    await world.advanceTo(21 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "1200s acknowledged pager n=2"]);
    expect(given).toHaveLength(1);
  });

  it("is given under an id of its own every time, so that a second one is not taken for the first", async () => {
    const { tocsin, given } = await paged();
    await tocsin("ack");
    await tocsin("ack");
    expect(new Set(given.map(({ id }) => id)).size).toBe(2);
  });

  it("tells machines how it was taken", async () => {
    const { tocsin } = await paged();
    expect(JSON.parse((await tocsin("ack", "--json")).out)).toEqual({
      version: 1,
      kind: "command",
      data: {
        target: HIS,
        how: "answered",
        text: "acknowledged by ada until 2026-01-01 00:34:00 UTC",
      },
      meta: {},
    });
  });
});

describe("tocsin unack, escalate, comment, resolve", () => {
  it("unack pages again from the bottom", async () => {
    const { tocsin, world } = await paged();
    await tocsin("ack");
    await world.advanceTo(5 * MINUTE);
    expect((await tocsin("unack")).out).toBe(
      "kohakku/controller: not acknowledged any more: it pages again\n",
    );
    await world.advanceTo(5 * MINUTE + SECOND);
    expect(tellings(world).at(-1)).toBe("300s repeated pager n=3");
  });

  it("escalate tells the next step at once", async () => {
    const { tocsin, world } = await paged();
    expect((await tocsin("escalate", HIS)).exit).toBe(0);
    await world.advanceTo(4 * MINUTE + SECOND);
    expect(tellings(world, "lead")).toEqual(["240s escalated lead n=1"]);
  });

  it("comment notes who said what", async () => {
    const { tocsin, world } = await paged();
    expect((await tocsin("comment", HIS, "the pool is full")).out).toBe("kohakku/controller: noted\n");
    await world.advanceTo(4 * MINUTE + SECOND);
    expect(logLines(world, "comment")).toEqual(["240s comment by ada: the pool is full"]);
  });

  it("resolve tells the end", async () => {
    const { tocsin, world } = await paged();
    expect((await tocsin("resolve", HIS, "--reason", "moved away")).exit).toBe(0);
    await world.advanceTo(4 * MINUTE + SECOND);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "240s resolved pager n=2"]);
    expect(logLines(world, "resolving")).toEqual(["240s resolving by ada: moved away"]);
  });
});

describe("tocsin pause and resume", () => {
  it("of a service stop probing it, and probe it again", async () => {
    const { tocsin, world } = await paged();
    const { out } = await tocsin("pause", HIS, "--for", "30m", "--reason", "moving the database");
    expect(out).toBe(
      "kohakku/controller: paused controller until 2026-01-01 00:34:00 UTC: not probed, not judged\n",
    );
    await world.advanceTo(5 * MINUTE);
    expect((await tocsin("alerts")).out).toMatchInlineSnapshot(`
     "ALERT                               STATE           SEVERITY  CLOCK
     kohakku/controller/ready/not-ready  firing, paused  critical  since 00:01:04
       503

     kohakku/controller paused by ada until 00:34: moving the database
     "
    `);
    expect((await tocsin("resume", HIS)).out).toBe("kohakku/controller: resumed controller\n");
  });

  it("of one check name only it", async () => {
    const { tocsin } = await paged();
    const { out } = await tocsin("pause", "kohakku/controller/ready");
    expect(out).toContain("paused controller/ready until");
  });

  it("with --incident stop telling and leave the probing alone", async () => {
    const { tocsin, world } = await paged();
    expect((await tocsin("pause", HIS, "--incident", "--for", "1h")).out).toContain("ends are told");
    await world.advanceTo(20 * MINUTE);
    expect(tellings(world, "lead")).toEqual([]);
    expect((await tocsin("resume", HIS, "--incident")).out).toBe("kohakku/controller: resumed\n");
  });

  it("of a whole system want to hear --all", async () => {
    const { tocsin } = await paged();
    const refused = await run(["pause", "kohakku"], nothingOpens);
    expect(refused).toMatchInlineSnapshot(`
     {
       "err": "error CLI-001: 'kohakku' is a whole system: say --all if you mean every service of it
     what to do: Look at \`tocsin help\`, or at the command's own --help.
     ",
       "exit": 2,
       "out": "",
     }
    `);
    expect((await tocsin("pause", "kohakku", "--all")).out).toContain("paused the whole system until");
  });

  it("of what the monitor does not have are refused with what it has", async () => {
    const { tocsin } = await paged();
    const { err, exit } = await tocsin("pause", "kohakku/nothing");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-002: kohakku/nothing: this monitor has no check in nothing; its services: controller
     what to do: The message says why; \`tocsin status\` and \`tocsin incidents\` say what is there now.
     ",
       "exit": 1,
     }
    `);
  });

  it("say that no monitor runs when none does", async () => {
    const { tocsin } = await paged();
    const { err, exit } = await tocsin("pause", "koda/api");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-005: no monitor runs for koda
     what to do: Apply a configuration that has it (\`tocsin apply\`) and see that a worker runs (\`tocsin worker\` or \`tocsin up\`).
     ",
       "exit": 2,
     }
    `);
  });
});

describe("a command line that cannot be meant", () => {
  it.each([
    "ack nonsense",
    "ack a/b/c",
    "ack a/b/c/d/e/f",
    "ack kohakku/controller --for soon",
    "pause a/b/c/d",
    "pause A/b",
    "pause kohakku/controller --for -1h",
    "pause kohakku/controller --for 0s",
    "ack --for 0m",
    "resolve",
    "resolve x",
    "comment kohakku/controller",
    "escalate kohakku/controller --no-such-flag",
    "incidents --limit 0",
    "why",
    "why a",
    "why a//b",
    "history a/b",
    "check a/b/c/d",
    "schedules trigger everything",
    "deadletters discard",
    "notify test pager --kind shouting",
    "nothing-of-the-kind",
  ])("ends with 2 before anything is reached: tocsin %s", async (line) => {
    const { out, err, exit } = await run(line.split(" "), nothingOpens);
    expect({ out, exit }).toEqual({ out: "", exit: 2 });
    expect(err).toMatch(/^error CLI-001: .+\nwhat to do: .+\n$/s);
  });

  it("ends with 2 for a comment that says nothing", async () => {
    for (const nothing of ["", "  "]) {
      const { err, exit } = await run(["comment", "kohakku/controller", nothing], nothingOpens);
      expect(exit).toBe(2);
      expect(err).toContain("error CLI-001: ");
      expect(err).toContain("Expected a text.");
    }
  });

  it("is helped when it is a slip of the fingers", async () => {
    expect((await run(["stauts"], nothingOpens)).err).toContain("Did you mean status?");
  });
});
