import { describe, expect, it } from "@jest/globals";

import { misaimed } from "../../src/domain/command-doubts.js";
import { oneRule } from "../support/plans.js";
import { MINUTE, tellings } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";

const member = {
  alert: "kohakku/controller/ready/not-ready",
  episode: 1,
  severity: "critical",
  state: "firing",
  since: 0,
  firedAt: 0,
  bad: 2,
  reason: "x",
};
const members = {
  from: "monitor:kohakku",
  seq: 9e15,
  revision: "000000000001",
  list: [],
  more: 0,
  ended: [],
  known: true,
};

/** Anything that somebody may send by hand, or a later version may say in other words. */
const GARBAGE: readonly unknown[] = [
  undefined,
  null,
  "",
  "acknowledge",
  0,
  -1,
  true,
  [],
  [[{}]],
  {},
  { by: null, note: 3, for: {}, alerts: 7, reason: [], text: { a: 1 }, episode: "x", command_id: 5 },
  { by: "x".repeat(10_000), note: "y".repeat(100_000), reason: "z".repeat(100_000), text: "\u0000" },
  { for: -5 },
  { for: 1e300 },
  { for: "999999999999999999999d" },
  { for: "0s" },
  { alerts: [null, 3, "no-alert", "a/b/c/d", "//////"] },
  { alerts: [] },
  { episode: 1e300, by: "\ud800" },
  { service: {}, check: [], revision: {} },
  { service: "__proto__", check: "constructor" },
  { service: "controller", check: "no-such" },
  JSON.parse('{"__proto__": {"by": "eve"}, "constructor": 1}'),
  {
    service: "kohakku/controller",
    alerts: [{ alert: null }, { alert: "a/b/c/d", episode: "x" }, 4],
    all: "yes",
  },
  { service: "no-slash", alerts: [], all: true },
  { service: "/", alerts: [{ alert: "///", episode: 1 }], all: false },
  { from: "", seq: 1, list: [] },
  { from: "monitor:kohakku", seq: "1", list: [member] },
  { ...members, seq: Number.MAX_VALUE, from: "someone", list: [{ ...member, since: 1e300 }] },
  {
    ...members,
    from: "someone",
    list: [
      { ...member, alert: "not an id" },
      { ...member, severity: "doom" },
    ],
  },
  {
    ...members,
    from: "someone",
    list: [
      { ...member, paused: { by: 3, until: "soon" } },
      { ...member, reason: null },
      { ...member, unknownReason: 7 },
      { ...member, absent: "yes" },
    ],
  },
  { ...members, from: "__proto__", list: "many", ended: 3 },
  {
    ...members,
    from: "someone",
    seq: 2,
    list: [member],
    policy: { name: "x", critical: [{ afterMs: "now" }] },
  },
  { ...members, from: "someone", ended: [null, { ...member, resolvedAt: 1e300, end: 3 }], more: "lots" },
];

const INCIDENT = ["acknowledge", "unacknowledge", "pause", "resume", "resolve", "escalate", "comment"];
const MONITOR = ["pause", "resume", "sweepNow", "reconfigure"];

async function sendAll(
  wf: WorkflowHarness,
  signals: readonly string[],
  updates: readonly string[],
): Promise<void> {
  for (const payload of GARBAGE) {
    for (const name of signals) await wf.signal(name, payload);
    for (const name of updates) {
      expect(await wf.update(name, payload)).toEqual({ ok: expect.any(Boolean), text: expect.any(String) });
    }
    for (const query of ["status", "why", "timeline"]) await wf.query(query, payload).catch(() => undefined);
    expect(wf.fault).toBeUndefined();
    await wf.query("status");
    expect(await wf.currentDetails()).not.toBe("");
  }
}

async function paged(): Promise<TocsinWorld> {
  const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, "bad"], [30 * MINUTE, "good"]) });
  await world.advanceTo(4 * MINUTE);
  return world;
}

describe("whatever is sent", () => {
  it("to an incident neither wedges it nor takes its end away", async () => {
    const world = await paged();
    const incident = world.incident("controller");
    if (incident === undefined) throw new Error("nobody was paged");
    // Not `resolve`: it would rightly end the incident with the first of them.
    const commands = INCIDENT.filter((name) => name !== "resolve");
    await sendAll(incident, [...commands, "members", "recheck", "no-such-signal"], commands);
    await incident.replay();
    await world.advanceTo(40 * MINUTE);
    expect(incident.closing?.kind).toBe("completed");
    expect(tellings(world, "pager").at(-1)).toMatch(/resolved/);
  });

  const aimed = GARBAGE.slice(0, 12).filter((payload) => misaimed(payload, ["episode"]) === undefined);

  it.each(aimed.map((payload, index) => ({ index, payload })))(
    "as resolve still ends an incident, garbage $index",
    async ({ payload }) => {
      const world = await paged();
      const incident = world.incident("controller");
      await incident?.signal("resolve", payload);
      expect(incident?.closing?.kind).toBe("completed");
      expect(tellings(world)).toEqual(["185s firing pager n=1", "240s resolved pager n=2"]);
    },
  );

  it("for a part that cannot be told is not done to the whole, and the sender reads why on the page", async () => {
    const world = await paged();
    const incident = world.incident("controller");
    await incident?.signal("resolve", { episode: { of: "last night" } });
    await incident?.signal("acknowledge", { alerts: [42] });
    expect(incident?.closing).toBeUndefined();
    expect(await incident?.query("status")).toMatchObject({ state: "open" });
    expect(await incident?.currentDetails()).toContain("'alerts' cannot be used");
    for (const payload of [{ service: ["controller"] }, ["controller"], { check: "ready" }]) {
      expect(await world.monitor.update("pause", payload)).toMatchObject({ ok: false });
    }
    expect(await world.monitor.query("status")).toMatchObject({ pauses: [] });
  });

  it("to a monitor neither wedges nor stops it", async () => {
    const world = await paged();
    await sendAll(world.monitor, [...MONITOR, "released", "acknowledged", "no-such-signal"], MONITOR);
    await world.monitor.replay();
    await world.monitor.signal("resume");
    await world.monitor.signal("reconfigure", { revision: "000000000001" });
    await world.advanceTo(45 * MINUTE);
    expect(world.monitor.fault).toBeUndefined();
    expect(world.monitor.closing).toBeUndefined();
    expect(tellings(world, "pager").at(-1)).toMatch(/resolved/);
  });

  it("as a revision that nobody has changes nothing, and the next one is taken all the same", async () => {
    const world = await paged();
    await world.monitor.signal("reconfigure", { revision: "nobody-has-it" });
    await world.advanceTo(12 * MINUTE);
    expect(tellings(world)).toEqual(["185s firing pager n=1", "485s escalated lead n=1"]);
    await world.apply({ ...oneRule(), revision: "000000000002" as never });
    await world.advanceTo(13 * MINUTE);
    expect(await world.monitor.query("status")).toMatchObject({ revision: "000000000002" });
  });
});
