import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { edges, MINUTE, SECOND, tellings, textOf } from "../support/tocsin-lines.js";
import { phases, type Look } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";

const BLANK: Look = { verdict: "unknown", reason: "no route on this worker" };

describe("an alert is over", () => {
  it("after two good readings over a minute, and its end is told at once", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [4 * MINUTE, "good"]),
      sweepMs: SECOND,
    });
    await world.advanceTo(8 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "66s inactive -> pending: bad at controller/ready",
       "187s pending -> firing: bad at controller/ready",
       "246s firing -> recovering: good again",
       "307s recovering -> inactive: recovered",
     ]
    `);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "187s firing pager n=1",
       "307s resolved pager n=2",
     ]
    `);
  });

  it("not before the confirming probe, which may be the one that is bad", async () => {
    const world = await tocsinWorld({
      plan: oneRule({}, { everyMs: 40 * SECOND }),
      look: phases(
        [MINUTE, "bad"],
        [4 * MINUTE, "good"],
        [4 * MINUTE + 50 * SECOND, "bad"],
        [5 * MINUTE + 10 * SECOND, "good"],
      ),
    });
    await world.advanceTo(8 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "81s inactive -> pending: bad at controller/ready",
       "201s pending -> firing: bad at controller/ready",
       "241s firing -> recovering: good again",
       "301s recovering -> firing: bad at controller/ready",
       "321s firing -> recovering: good again",
       "381s recovering -> inactive: recovered",
     ]
    `);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "201s firing pager n=1",
       "381s resolved pager n=2",
     ]
    `);
  });

  it("not when it only flickers: the same episode goes on, and nobody hears of it twice", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases(
        [MINUTE, "bad"],
        [3 * MINUTE + 30 * SECOND, "good"],
        [4 * MINUTE, "bad"],
        [4 * MINUTE + 30 * SECOND, "good"],
        [5 * MINUTE, "bad"],
        [6 * MINUTE, "good"],
      ),
    });
    await world.advanceTo(10 * MINUTE);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "425s resolved pager n=2",
     ]
    `);
    expect(new Set(world.transitions.flatMap(({ episode }) => episode ?? [])).size).toBe(1);
    expect(world.transitions.at(-1)?.facts).toMatchObject({ flaps: 2 });
  });

  it("not while nothing is known: readings that say nothing neither count nor set it back", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases(
        [MINUTE, "bad"],
        [4 * MINUTE, "good"],
        [4 * MINUTE + 20 * SECOND, BLANK],
        [6 * MINUTE, "good"],
      ),
    });
    await world.advanceTo(10 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "185s pending -> firing: bad at controller/ready",
       "245s firing -> recovering: good again",
       "387s recovering -> inactive: recovered",
     ]
    `);
    expect(tellings(world)).toMatchInlineSnapshot(`
     [
       "185s firing pager n=1",
       "387s resolved pager n=2",
     ]
    `);
  });

  it("not by an outage of Tocsin alone: the time it slept is no good time", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, "bad"], [4 * MINUTE, "good"]),
    });
    await world.advanceTo(4 * MINUTE + 10 * SECOND);
    await world.down();
    await world.advanceTo(20 * MINUTE);
    await world.up();
    expect(world.told.some(({ kind }) => kind === "resolved")).toBe(false);
    await world.advanceTo(22 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "185s pending -> firing: bad at controller/ready",
       "245s firing -> recovering: good again",
       "1238s recovering -> inactive: recovered",
     ]
    `);
  });
});

describe("a firing alert of which nothing is known", () => {
  it("goes on firing and says since when there is no data", async () => {
    const watched = oneRule();
    const world = await tocsinWorld({ plan: watched, look: phases([MINUTE, "bad"], [4 * MINUTE, BLANK]) });
    await world.advanceTo(30 * MINUTE);
    expect(edges(world)).toMatchInlineSnapshot(`
     [
       "65s inactive -> pending: bad at controller/ready",
       "185s pending -> firing: bad at controller/ready",
     ]
    `);
    const escalation = world.told.find(({ kind, notifier }) => kind === "escalated" && notifier === "lead");
    expect(textOf(escalation, watched)).toMatchInlineSnapshot(`
     "ESCALATED: controller cannot serve: bad at controller/ready
       alert     kohakku/controller/ready/not-ready
       state     blind: no data since 00:04:04 UTC (no route on this worker), it may have changed
       since     2026-01-01 00:01:04 UTC, for 7m, last good 00:00:49 UTC
       severity  critical
       action    Restore what the body names.
       with      nobody yet, owner platform
       why now   critical: step 2, time 1 through, not acknowledged
       next      pager at 00:13:04 UTC (in 5m) unless acknowledged or over by then
       ack       tocsin ack kohakku/controller"
    `);
  });

  it("is not called blindness when it is no longer reported, and is not called recovered when it is over", async () => {
    const watched = oneRule();
    const absent = { verdict: "absent", reason: "no longer reported" } as const;
    const world = await tocsinWorld({ plan: watched, look: phases([MINUTE, "bad"], [4 * MINUTE, absent]) });
    await world.advanceTo(9 * MINUTE);
    expect(textOf(world.told.at(-1), watched)).toContain(
      "  state     unknown: no longer reported, since 00:04:04 UTC\n",
    );
    expect(await world.incident("controller")?.currentDetails()).toContain(
      "no longer reported since 00:04:04",
    );
    await world.advanceTo(25 * MINUTE);
    expect(world.told.at(-1)).toMatchObject({ kind: "resolved", reason: "gone" });
  });
});
