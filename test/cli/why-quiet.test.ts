import { describe, expect, it } from "@jest/globals";

import { checkPlan, plan, servicePlan } from "../support/plans.js";
import { HOUR, MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { BAD, badFrom, whyTold, type Story } from "./why-stories.js";

const STORIES: readonly Story[] = [
  { title: "it has been good all the time", at: HOUR },
  {
    title: "it has been good since the first reading, minutes after the first start ever",
    at: 7 * MINUTE,
    argv: ["kohakku/controller"],
  },
  {
    title: "all of its checks are good",
    shape: plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "health" })] })]),
    at: 8 * MINUTE,
    argv: ["kohakku/controller"],
  },
  { title: "nothing is known of it before the first sweep is back", at: SECOND },
  {
    title: "it is good now and was not when nobody looked so far back",
    look: badFrom(MINUTE, 5 * MINUTE),
    at: 30 * MINUTE,
    argv: ["kohakku/controller", "--since", "1s"],
  },
  {
    title: "it is paused and was good before",
    acts: [
      [
        5 * MINUTE,
        ({ tocsin }) =>
          tocsin("pause", "kohakku/controller", "--for", "20m", "--by", "ana", "--reason", "vendor"),
      ],
    ],
    at: 8 * MINUTE,
    argv: ["kohakku/controller"],
  },
  {
    title: "one of its checks is paused and the other is good",
    shape: plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "health" })] })]),
    acts: [[5 * MINUTE, ({ tocsin }) => tocsin("pause", "kohakku/controller/health", "--reason", "vendor")]],
    at: 8 * MINUTE,
    argv: ["kohakku/controller"],
  },
  {
    title: "it was in trouble, and is paused now",
    look: badFrom(MINUTE, 2 * MINUTE),
    acts: [
      [
        5 * MINUTE,
        ({ tocsin }) => tocsin("pause", "kohakku/controller", "--by", "ana", "--reason", "vendor"),
      ],
    ],
    at: 8 * MINUTE,
  },
  {
    title: "another check of its service fired, which is no business of this one",
    shape: plan([servicePlan({ checks: [checkPlan(), checkPlan({ name: "health" })] })]),
    look: (check, at) => (check === "controller/ready" && at >= MINUTE ? BAD : "good"),
    at: 5 * MINUTE,
    argv: ["kohakku/controller/health"],
  },
  {
    title: "its rule finds nothing wrong with readings that are bad",
    look: () => ({ verdict: "good", outcome: "bad" }),
    at: 8 * MINUTE,
  },
  {
    title: "it is good, as what runs says, while the store is away",
    acts: [[5 * MINUTE, ({ away }) => Promise.resolve((away.store = true))]],
    at: 8 * MINUTE,
  },
  {
    title: "no worker answers for what was good when it was stored last",
    acts: [[5 * MINUTE, ({ away }) => Promise.resolve((away.workers = true))]],
    at: 8 * MINUTE,
  },
  {
    title: "Tocsin itself is blind, with what it does not see and who was told",
    look: phases([MINUTE, { verdict: "unknown", reason: "no route to host" }]),
    at: 8 * MINUTE,
    argv: ["tocsin/blind"],
  },
  {
    title: "Tocsin itself was blind, and sees again",
    look: phases([MINUTE, { verdict: "unknown", reason: "no route to host" }], [10 * MINUTE, "good"]),
    at: 20 * MINUTE,
    argv: ["tocsin/blind"],
  },
  {
    title: "Tocsin itself is blind, by the cause's own name, while the store is away",
    look: phases([MINUTE, { verdict: "unknown", reason: "no route to host" }]),
    acts: [[7 * MINUTE, ({ away }) => Promise.resolve((away.store = true))]],
    at: 8 * MINUTE,
    argv: ["tocsin/blind/no-route-to-host/unknown/kohakku"],
  },
  { title: "Tocsin itself sees", at: 8 * MINUTE, argv: ["tocsin/blind"] },
  {
    title: "whether Tocsin itself sees is not known without a worker",
    acts: [[5 * MINUTE, ({ away }) => Promise.resolve((away.workers = true))]],
    at: 8 * MINUTE,
    argv: ["tocsin/blind"],
  },
];

describe("tocsin why says of what is in no trouble that", () => {
  it.each(STORIES)("$title", async (story) => {
    expect(await whyTold(story)).toMatchSnapshot();
  });
});
