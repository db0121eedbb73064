import { describe, expect, it } from "@jest/globals";

import { crashStory } from "../support/crash-story.js";

const SECOND = 1_000;

describe("kill -9 of the worker ten seconds into a bad spell", () => {
  it("loses no page, doubles none, pages nobody in vain, and tells every end", async () => {
    const outcome = await crashStory(async (installation) => {
      process.kill(await installation.pid("worker"), "SIGKILL");
    });
    expect([...outcome.told].sort()).toEqual([
      "firing shop/pending",
      "firing shop/told",
      "resolved shop/pending",
      "resolved shop/told",
    ]);
    expect(outcome.pagedAfterMs).toBeGreaterThanOrEqual(20 * SECOND);
    expect(outcome.pagedAfterMs).toBeLessThan(22 * SECOND);
  }, 240_000);
});
