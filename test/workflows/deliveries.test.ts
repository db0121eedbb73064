import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import {
  deliveryFaults,
  HOUR,
  MINUTE,
  pages,
  SECOND,
  tellings,
  textOf,
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

describe("a notifier that refuses for good", () => {
  it("leaves a dead letter and is not asked again, and the next step goes to others", async () => {
    const world = await tocsinWorld({
      plan: watched,
      look: phases([MINUTE, "bad"], [9 * MINUTE, "good"]),
      answer: (notifier) => (notifier === "pager" ? "rejected" : "accepted"),
    });
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 (rejected)",
       "485s escalated lead n=1",
       "605s resolved lead n=2",
     ]
    `);
    expect(troubledDeliveries(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 attempt 1: dead, the script says rejected",
     ]
    `);
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
  });

  it("is told the end for 72 hours, then it is a dead letter", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 10 * MINUTE, timeoutMs: SECOND }),
      look: phases([15 * MINUTE, "bad"], [35 * MINUTE, "good"]),
      answer: (_notifier, _at, { kind }) =>
        kind === "resolved" ? { result: "retry", reason: "503", afterMs: HOUR } : "accepted",
    });
    await world.advanceTo(72 * HOUR);
    expect(world.incident("controller")?.closing).toBeUndefined();
    await world.advanceTo(73 * HOUR);
    expect(troubledDeliveries(world).at(-1)).toMatchInlineSnapshot(
      `"261664s resolved lead n=3 attempt 73: dead, 503"`,
    );
    expect(world.incident("controller")?.closing?.kind).toBe("completed");
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

describe("no worker for deliveries", () => {
  it("sends nothing stale when one is back", async () => {
    const world = await tocsinWorld(story);
    await world.advanceTo(2 * MINUTE);
    await world.world.queueDown("tocsin-deliver");
    await world.advanceTo(12 * MINUTE);
    await world.world.queueUp("tocsin-deliver");
    await world.advanceTo(14 * MINUTE);
    expect(world.told).toEqual([]);
    expect(troubledDeliveries(world).at(-1)).toMatchInlineSnapshot(
      `"431s firing pager n=1 attempt 4: superseded, over before it could be told"`,
    );
  });

  it("sends what still holds when one is back", async () => {
    const world = await tocsinWorld(story);
    await world.advanceTo(2 * MINUTE);
    await world.world.queueDown("tocsin-deliver");
    await world.advanceTo(5 * MINUTE);
    await world.world.queueUp("tocsin-deliver");
    await world.advanceTo(14 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "300s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
  });
});

describe("the gate", () => {
  it("holds trouble back for as long as it says, and never an end", async () => {
    const world = await tocsinWorld({
      plan: watched,
      look: phases([MINUTE, "bad"], [12 * MINUTE, "good"]),
      gate: (at) =>
        within(at, 0, 400) || at > 11 * MINUTE
          ? { clear: false, reasons: ["silenced by ada: moving house"], recheckAfterMs: 24 * HOUR }
          : { clear: true },
    });
    await world.advanceTo(16 * MINUTE);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "485s firing pager n=1",
       "785s resolved pager n=2",
     ]
    `);
    expect(troubledDeliveries(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1 attempt 0: held, silenced by ada: moving house",
       "785s escalated lead n=1 attempt 0: held, silenced by ada: moving house",
       "785s escalated lead n=1 attempt 0: superseded, over before it could be told",
     ]
    `);
  });

  it("is asked again at once when silences have changed", async () => {
    let silenced = true;
    const world = await tocsinWorld({
      ...story,
      gate: () =>
        silenced ? { clear: false, reasons: ["silenced"], recheckAfterMs: HOUR } : { clear: true },
    });
    await world.advanceTo(200 * SECOND);
    silenced = false;
    await world.incident("controller")?.signal("recheck");
    await world.advanceTo(201 * SECOND);
    expect(pages(world)).toMatchInlineSnapshot(`
     [
       "200s firing pager n=1",
     ]
    `);
  });

  it("that does not answer lets the message out, which says so", async () => {
    const world = await tocsinWorld({
      ...story,
      gate: () => {
        throw new Error("the store is away");
      },
    });
    await world.advanceTo(4 * MINUTE);
    expect(textOf(world.told[0], watched)).toContain("Silences and maintenance could not be read");
  });
});
