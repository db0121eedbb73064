import { describe, expect, it } from "@jest/globals";

import type { DeliverInput } from "../../src/domain/deliver-input.js";
import { oneRule } from "../support/plans.js";
import { HOUR, MINUTE } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import type { HistoryLimits } from "../../workflows/history-budget.js";

/** So few events that an incident continues as new with nearly every message. */
const TINY: HistoryLimits = { events: 40, bytes: 1_800_000 };
const ROOMY: HistoryLimits = { events: 5_000, bytes: 1_800_000 };

function line({ kind, round = 0, page, receipt = "nothing" }: DeliverInput): string {
  return `${kind} p${round} ${page === true ? "page" : "news"}, knows ${receipt}`;
}

async function play(limits: HistoryLimits) {
  const lines: string[] = [];
  const world = await tocsinWorld({
    plan: oneRule(),
    look: phases([MINUTE, "bad"], [3 * HOUR, "good"]),
    answer: (notifier, _at, input) => {
      if (notifier === "pager") lines.push(line(input));
      return { result: "accepted", receipt: `C1:${input.n}` };
    },
    limits,
  });
  await world.advanceTo(10 * MINUTE);
  await world.incident("controller")?.signal("acknowledge", { by: "ada", for: "1h" });
  await world.advanceTo(3 * HOUR + 10 * MINUTE);
  return { world, lines };
}

describe("what a provider answered", () => {
  it.each([
    ["in one run", ROOMY, false],
    ["over continue-as-new", TINY, true],
  ])("is handed to what follows, and forgotten with the end, %s", async (_name, limits, isContinued) => {
    const { world, lines } = await play(limits);
    expect(lines.slice(0, 3)).toEqual([
      "firing p1 page, knows nothing",
      "acknowledged p1 news, knows C1:1",
      "repeated p2 page, knows C1:2",
    ]);
    expect((world.incident("controller")?.continuedAsNew ?? 0) > 0).toBe(isContinued);
    expect(lines.at(-1)).toMatch(/^resolved p2 news, knows C1:\d+$/);
  });
});
