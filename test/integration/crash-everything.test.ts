import { setTimeout as pass } from "node:timers/promises";

import { describe, expect, it } from "@jest/globals";

import { crashStory } from "../support/crash-story.js";

const SECOND = 1_000;
/** One sweep, the grace of a 20 s rule, and the confirming probe. */
const SWEEP_AND_GRACE_MS = (5 + 20 + 2) * SECOND;

describe("kill -9 of everything at once ten seconds into a bad spell", () => {
  it("pages no later than the restart, one sweep and the grace; one id a page; every end is told", async () => {
    const outcome = await crashStory(async (installation) => {
      await installation.killAll();
      await pass(15 * SECOND);
      await installation.restart();
    });
    expect([...outcome.told].sort()).toEqual([
      "firing shop/pending",
      "firing shop/told",
      "resolved shop/pending",
      "resolved shop/told",
    ]);
    expect(outcome.pagedAfterMs).toBeGreaterThanOrEqual(20 * SECOND);
    expect(outcome.pagedAfterRestartMs).toBeLessThan(SWEEP_AND_GRACE_MS);
  }, 300_000);
});
