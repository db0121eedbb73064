import { beforeAll, describe, expect, it } from "@jest/globals";

import { checkPlan, oneRule, plan, policyPlan, rulePlan, servicePlan } from "../support/plans.js";
import { HOUR, MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { ALERT, BAD, badFrom, whyTold, type Story } from "./why-stories.js";
import { worldCli, type WorldCli } from "./world-installation.js";

const STORIES: readonly Story[] = [
  { title: "paged, and the next step is to come", look: badFrom(MINUTE), at: 4 * MINUTE },
  {
    title: "nobody was paged because it was good before its time",
    look: badFrom(MINUTE, 2 * MINUTE),
    at: 10 * MINUTE,
  },
  { title: "not yet paged: its time runs", look: badFrom(MINUTE), at: 2 * MINUTE },
  {
    title: "the second step was not told because somebody has it",
    look: badFrom(MINUTE),
    acts: [[4 * MINUTE, ({ tocsin }) => tocsin("ack", "--note", "looking")]],
    at: 20 * MINUTE,
  },
  {
    title: "acknowledged, over, and the end told",
    look: badFrom(MINUTE, 10 * MINUTE),
    acts: [[4 * MINUTE, ({ tocsin }) => tocsin("ack")]],
    at: 30 * MINUTE,
  },
  {
    title: "over before the second step",
    look: badFrom(MINUTE, 5 * MINUTE),
    at: 30 * MINUTE,
  },
  {
    title: "the incident is paused",
    look: badFrom(MINUTE),
    acts: [
      [4 * MINUTE, ({ tocsin }) => tocsin("pause", "kohakku/controller", "--incident", "--reason", "known")],
    ],
    at: 20 * MINUTE,
  },
  {
    title: "the service is paused while it fires",
    look: badFrom(MINUTE),
    acts: [[4 * MINUTE, ({ tocsin }) => tocsin("pause", "kohakku/controller")]],
    at: 20 * MINUTE,
  },
  {
    title: "the receiver is away and is tried again",
    look: badFrom(MINUTE),
    answer: () => ({ result: "retry", reason: "HTTP 503" }),
    at: 4 * MINUTE,
  },
  {
    title: "the receiver came back after some tries",
    look: badFrom(MINUTE),
    answer: (_notifier, sinceMs) =>
      sinceMs < 195 * SECOND ? { result: "retry", reason: "HTTP 503" } : "accepted",
    at: 4 * MINUTE,
  },
  {
    title: "the receiver refused for good",
    look: badFrom(MINUTE),
    answer: () => ({ result: "rejected", reason: "HTTP 410: the receiver is gone for good" }),
    at: 4 * MINUTE,
  },
  {
    title: "over before the receiver, which was away, could be told",
    look: badFrom(MINUTE, 4 * MINUTE),
    answer: () => ({ result: "retry", reason: "HTTP 503" }),
    at: 10 * MINUTE,
  },
  {
    title: "held by what suppresses",
    look: badFrom(MINUTE),
    gate: () => ({
      clear: false,
      reasons: ["silenced by bo: moving the database"],
      recheckAfterMs: 5 * MINUTE,
    }),
    at: 5 * MINUTE,
  },
  {
    title: "info is never sent",
    shape: oneRule({ severity: "info" }),
    look: badFrom(MINUTE),
    at: 5 * MINUTE,
  },
  {
    title: "the policy has no step for its severity",
    shape: plan([servicePlan({ checks: [checkPlan({ rules: [rulePlan({ severity: "warning" })] })] })], {
      policies: { default: policyPlan({ warning: [] }) },
    }),
    look: badFrom(MINUTE),
    at: 5 * MINUTE,
  },
  {
    title: "late, because every worker was down at its deadline",
    look: badFrom(MINUTE),
    acts: [
      [100 * SECOND, ({ world }) => world.down()],
      [10 * MINUTE, ({ world }) => world.up()],
    ],
    at: 15 * MINUTE,
  },
  {
    title: "bad again while it recovered",
    look: phases([MINUTE, BAD], [5 * MINUTE, "good"], [5.5 * MINUTE, BAD], [9 * MINUTE, "good"]),
    at: 20 * MINUTE,
  },
  {
    title: "nothing is known of it while it fires",
    look: phases([MINUTE, BAD], [5 * MINUTE, { verdict: "unknown", reason: "no route to host" }]),
    at: 8 * MINUTE,
  },
  {
    title: "resolved by hand, and bad again",
    look: badFrom(MINUTE),
    acts: [[4 * MINUTE, ({ tocsin }) => tocsin("resolve", "kohakku/controller", "--reason", "moved")]],
    at: 6 * MINUTE,
  },
  {
    title: "an event",
    shape: oneRule({ hold: 15 * MINUTE, forMs: 0, minBad: 1 }),
    look: badFrom(MINUTE, 2 * MINUTE),
    at: 5 * MINUTE,
  },
  {
    title: "by the service, all of its alerts",
    shape: plan([
      servicePlan({
        checks: [
          checkPlan(),
          checkPlan({ name: "health", rules: [rulePlan({ name: "ill", severity: "warning" })] }),
        ],
      }),
    ]),
    look: badFrom(MINUTE),
    at: 5 * MINUTE,
    argv: ["kohakku/controller"],
  },
  {
    title: "every time it was in trouble, with --all",
    look: phases([MINUTE, BAD], [2 * MINUTE, "good"], [10 * MINUTE, BAD], [11 * MINUTE, "good"]),
    at: HOUR,
    argv: [ALERT, "--all"],
  },
  {
    title: "only the last time, and how many there were before",
    look: phases([MINUTE, BAD], [2 * MINUTE, "good"], [10 * MINUTE, BAD], [11 * MINUTE, "good"]),
    at: HOUR,
  },
  {
    title: "the store is away: what runs explains itself",
    look: badFrom(MINUTE),
    acts: [[3 * MINUTE, ({ away }) => Promise.resolve((away.store = true))]],
    at: 4 * MINUTE,
  },
  {
    title: "no worker answers: what was stored last",
    look: badFrom(MINUTE),
    acts: [[4 * MINUTE, ({ away }) => Promise.resolve((away.workers = true))]],
    at: 4 * MINUTE,
  },
  {
    title: "Temporal is away: what was stored last",
    look: badFrom(MINUTE),
    acts: [[4 * MINUTE, ({ away }) => Promise.resolve((away.temporal = true))]],
    at: 4 * MINUTE,
  },
];

describe("tocsin why explains that", () => {
  it.each(STORIES)("$title", async (story) => {
    expect(await whyTold(story)).toMatchSnapshot();
  });
});

describe("tocsin why", () => {
  let cli: WorldCli;

  beforeAll(async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: badFrom(MINUTE) });
    await world.advanceTo(4 * MINUTE);
    cli = worldCli(world, oneRule());
  });

  it.each([
    { what: "service", name: "kohakku/controler", meant: "kohakku/controller" },
    { what: "check", name: "kohakku/controller/redy", meant: "kohakku/controller/ready" },
    { what: "alert", name: "kohakku/controller/ready/not-redy", meant: ALERT },
  ])(
    "refuses a $what that the configuration does not have, and says which was meant",
    async ({ name, meant }) => {
      const { err, exit } = await cli.tocsin("why", name);
      expect(exit).toBe(2);
      expect(err).toContain(`did you mean ${meant}?`);
    },
  );

  it("fits 80 columns", async () => {
    const { out } = await cli.tocsin("why", "kohakku/controller");
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("gives machines what it was explained from", async () => {
    const { out } = await cli.tocsin("why", ALERT, "--json");
    const { kind, data } = JSON.parse(out) as {
      readonly kind: string;
      readonly data: Readonly<Record<string, readonly unknown[]>>;
    };
    expect(kind).toBe("why");
    expect(Object.entries(data).map(([name, { length }]) => [name, length > 0])).toEqual([
      ["lines", true],
      ["transitions", true],
      ["incidents", true],
      ["guards", true],
      ["pauses", false],
    ]);
  });

  it("can be asked when neither store nor Temporal is there only to hear that", async () => {
    const world = await tocsinWorld({ plan: oneRule() });
    const { tocsin, away } = worldCli(world, oneRule());
    away.store = true;
    away.temporal = true;
    expect((await tocsin("why", ALERT)).exit).toBe(3);
  });
});
