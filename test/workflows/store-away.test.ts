import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { edges, logLines, MINUTE, SECOND, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld, type WorldScript } from "../support/tocsin-world.js";

const story: WorldScript = {
  plan: oneRule(),
  look: phases([MINUTE, "bad"], [9 * MINUTE, "good"]),
  answer: (notifier, at) => (notifier === "pager" && at < 190 * SECOND ? "retry" : "accepted"),
};

async function played(storeUp: (at: number) => boolean, minutes = 20): Promise<TocsinWorld> {
  const world = await tocsinWorld({ ...story, storeUp });
  await world.advanceTo(8 * MINUTE);
  await world.incident("controller")?.signal("comment", { by: "ada", text: "looking" });
  await world.advanceTo(minutes * MINUTE);
  return world;
}

describe("while the store is away", () => {
  it.each([
    { name: "around the page", from: 2 * MINUTE, to: 7 * MINUTE },
    { name: "around the end", from: 7 * MINUTE, to: 12 * MINUTE },
    { name: "all the time", from: 0, to: 15 * MINUTE },
  ])(
    "$name, the same is told at the same times, and every row arrives afterwards in order",
    async ({ from, to }) => {
      const usual = await played(() => true);
      const world = await played((at) => at < from || at >= to);
      expect(tellings(world)).toEqual(tellings(usual));
      expect(edges(world)).toEqual(edges(usual));
      expect(logLines(world)).toEqual(logLines(usual));
      expect(world.deliveries.map(({ key, result }) => `${key} ${result}`)).toEqual(
        usual.deliveries.map(({ key, result }) => `${key} ${result}`),
      );
      for (const rows of [world.transitions, world.events, world.deliveries]) {
        const seqs = rows.map(({ seq }) => seq);
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      }
      expect(world.incident("controller")?.closing?.kind).toBe("completed");
    },
  );

  it("an incident that is over waits for its rows before it closes, and answers meanwhile", async () => {
    const world = await played((at) => at < 7 * MINUTE || at >= 40 * MINUTE, 30);
    const incident = world.incident("controller");
    expect(incident?.closing).toBeUndefined();
    expect(await incident?.update("acknowledge", { by: "ada" })).toMatchInlineSnapshot(`
     {
       "ok": false,
       "text": "this incident is over: nothing is firing",
     }
    `);
    await world.advanceTo(42 * MINUTE);
    expect(incident?.closing?.kind).toBe("completed");
  });

  it("a row is written once for each number, though a batch may be sent twice", async () => {
    const world = await played((at) => Math.floor(at / (30 * SECOND)) % 2 === 0);
    const keys = [...world.transitions, ...world.events, ...world.deliveries].map(
      ({ workflowId, seq }) => `${workflowId} ${seq}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
