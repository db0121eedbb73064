import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import {
  deliveryFaults,
  MINUTE,
  pages,
  SECOND,
  tellings,
  troubledDeliveries,
} from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type Answer, type TocsinWorld, type WorldScript } from "../support/tocsin-world.js";
import { hangs, workerLost } from "../support/workflow-harness.js";

/** Bad from minute 1 on, paged at 185 s; good from minute 6 on, over at 425 s, before the second step. */
const watched = oneRule();
const story: WorldScript = { plan: watched, look: phases([MINUTE, "bad"], [6 * MINUTE, "good"]) };

const within = (at: number, fromS: number, toS: number): boolean => at >= fromS * SECOND && at < toS * SECOND;

async function play(answer: NonNullable<WorldScript["answer"]>, minutes = 12): Promise<TocsinWorld> {
  const world = await tocsinWorld({ ...story, answer });
  await world.advanceTo(minutes * MINUTE);
  expect(deliveryFaults(world)).toEqual([]);
  return world;
}

describe("a notifier that refuses for a while", () => {
  it("is told of the trouble as soon as it takes it, under one key", async () => {
    const world = await play((_notifier, at) => (within(at, 160, 220) ? "retry" : "accepted"));
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "242s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
    expect(new Set(world.told.filter(({ n }) => n === 1).map(({ key }) => key)).size).toBe(1);
    expect(troubledDeliveries(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 attempt 1: retry, the script says retry",
       "186s firing pager n=1 attempt 2: retry, the script says retry",
       "188s firing pager n=1 attempt 3: retry, the script says retry",
       "191s firing pager n=1 attempt 4: retry, the script says retry",
       "199s firing pager n=1 attempt 5: retry, the script says retry",
       "213s firing pager n=1 attempt 6: retry, the script says retry",
     ]
    `);
  });

  it("is told of the end as soon as it takes it, under one key", async () => {
    const world = await play((_notifier, at) => (within(at, 400, 460) ? "retry" : "accepted"));
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "484s resolved pager n=2",
     ]
    `);
  });

  it("is left alone for as long as it asks", async () => {
    const world = await play((_notifier, at) =>
      within(at, 180, 190) ? { result: "retry", reason: "429", afterMs: 90 * SECOND } : "accepted",
    );
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 (retry)",
       "275s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
  });

  it("is not told of what is over: a trouble it never took has no end either", async () => {
    const world = await play((notifier) => (notifier === "pager" ? "retry" : "accepted"), 30);
    expect(pages(world, "pager")).toEqual([]);
    expect(troubledDeliveries(world).at(-1)).toMatchInlineSnapshot(
      `"425s firing pager n=1 attempt 9: superseded, over before it could be told"`,
    );
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is not paged for what somebody has taken before it could be told", async () => {
    const world = await tocsinWorld({
      ...story,
      answer: (notifier, at) => (notifier === "pager" && within(at, 180, 400) ? "retry" : "accepted"),
    });
    await world.advanceTo(4 * MINUTE);
    await world.incident("controller")?.signal("acknowledge", { by: "ada" });
    await world.advanceTo(6 * MINUTE + 55 * SECOND);
    expect(pages(world, "pager")).toEqual([]);
  });
});

describe("an attempt that may have arrived", () => {
  it.each<{ readonly name: string; readonly answer: Answer }>([
    { name: "answered too late", answer: "ambiguous" },
    { name: "hung until its time was over", answer: hangs },
    { name: "lost its worker", answer: workerLost },
  ])("is made again under the same key when it $name", async ({ answer }) => {
    const world = await play((_notifier, at) => (within(at, 180, 190) ? answer : "accepted"));
    expect(new Set(world.told.filter(({ n }) => n === 1).map(({ key }) => key)).size).toBe(1);
    expect(pages(world).map((line) => line.replace(/^\d+s /, ""))).toEqual([
      "firing pager n=1",
      "resolved pager n=2",
    ]);
  });

  it("is owed its end even when it was never accepted", async () => {
    const world = await play((_notifier, at, { kind }) =>
      kind === "resolved" ? "accepted" : within(at, 180, 190) ? "ambiguous" : "retry",
    );
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "674s resolved pager n=2",
     ]
    `);
  });
});

describe("one notifier that hangs", () => {
  it("delays no other one", async () => {
    const world = await tocsinWorld({
      plan: watched,
      look: phases([MINUTE, "bad"], [9 * MINUTE, "good"]),
      answer: (notifier) => (notifier === "pager" ? hangs : "accepted"),
    });
    await world.advanceTo(11 * MINUTE);
    expect(pages(world, "lead")).toMatchInlineSnapshot(`
     [
       "485s escalated lead n=1",
       "605s resolved lead n=2",
     ]
    `);
  });
});
