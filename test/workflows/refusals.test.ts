import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { logLines, MINUTE } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import type { WorkflowHarness } from "../support/workflow-harness.js";

interface Handler {
  readonly name?: string;
  readonly description?: string;
}

async function paged(limits?: { readonly events: number; readonly bytes: number }): Promise<{
  readonly world: TocsinWorld;
  readonly incident: WorkflowHarness;
}> {
  const world = await tocsinWorld({
    plan: oneRule(),
    look: phases([MINUTE, "bad"]),
    ...(limits === undefined ? {} : { limits }),
  });
  await world.advanceTo(4 * MINUTE);
  const incident = world.incident("controller");
  if (incident === undefined) throw new Error("nobody was paged");
  return { world, incident };
}

async function lastRefused(wf: WorkflowHarness): Promise<string | undefined> {
  const details = await wf.currentDetails();
  return details.split("\n").find((line) => line.startsWith("- **last refused**"));
}

const COMMENT_FIELDS = "'txt' is not among its fields (by, text)";
const COMMANDS = "acknowledge, unacknowledge, pause, resume, resolve, escalate, comment";

describe("what an incident cannot take", () => {
  it.each([
    ["comment", {}, "comment: 'text' is missing: there is nothing to note"],
    ["comment", { txt: "hi" }, `comment: 'text' is missing: there is nothing to note; ${COMMENT_FIELDS}`],
    ["pause", { for: "30x" }, `pause: 'for' is not a duration like 30m: "30x"`],
    ["pause", { for: true }, `pause: 'for' is not a duration like 30m: "true"; 'for' cannot be read`],
    ["acknowlege", undefined, `acknowlege: there is no such signal; there are ${COMMANDS}`],
  ])("by signal %s %j is said on its page and in its log", async (name, payload, text) => {
    const { world, incident } = await paged();
    await incident.signal(name, payload);
    expect(await lastRefused(incident)).toBe(`- **last refused** at 00:04:00 UTC: ${text}`);
    expect(await incident.currentDetails()).toContain(`- 00:04:00 UTC **refused** ${text}`);
    await world.advanceTo(5 * MINUTE);
    expect(logLines(world, "comment", "paused")).toEqual([]);
    expect(logLines(world, "refused")).toHaveLength(1);
  });

  it("by update is answered with the reason, and its page need not say it", async () => {
    const { incident } = await paged();
    expect(await incident.update("comment", { txt: "hi" })).toEqual({
      ok: false,
      text: `'text' is missing: there is nothing to note; ${COMMENT_FIELDS}`,
    });
    expect(await lastRefused(incident)).toBeUndefined();
  });

  it("is said for as long as nothing else was refused, also when it continues as new", async () => {
    const { world, incident } = await paged({ events: 40, bytes: 1_800_000 });
    await incident.signal("acknowlege");
    await world.advanceTo(30 * MINUTE);
    expect(world.incident("controller")?.continuedAsNew).toBeGreaterThan(0);
    expect(await lastRefused(incident)).toContain("acknowlege: there is no such signal");
  });
});

describe("what is only understood in part", () => {
  it("is taken without the rest, which the page and the log name", async () => {
    const { world, incident } = await paged();
    await incident.signal("acknowledge", { by: "ada", forr: "2h" });
    expect(await incident.query("status")).toMatchObject({ state: "acknowledged" });
    const text = "'forr' is not among its fields (by, note, for, alerts)";
    expect(await lastRefused(incident)).toBe(
      `- **last refused** at 00:04:00 UTC: acknowledge was taken, but ${text}`,
    );
    await world.advanceTo(5 * MINUTE);
    expect(logLines(world, "ignored")).toEqual([`240s ignored by ada: acknowledge: ${text}`]);
  });

  it("by update is answered with what was left out", async () => {
    const { incident } = await paged();
    const { text } = (await incident.update("pause", { by: "ada", fro: "2h" })) as { readonly text: string };
    expect(text).toContain("paused until 2026-01-01 01:04:00 UTC");
    expect(text).toContain("; 'fro' is not among its fields (by, for, reason)");
  });
});

describe("what a monitor cannot take", () => {
  it.each([
    ["pause", { for: "30x" }, `pause: 'for' is not a duration like 1h: "30x"`],
    [
      "pause",
      { service: "controler" },
      "pause: this monitor has no check in controler; its services: controller",
    ],
    [
      "sweepnow",
      undefined,
      "sweepnow: there is no such signal; there are pause, resume, sweepNow, reconfigure",
    ],
    ["released", { alerts: [] }, "released: its input makes no sense"],
    [
      "sweepNow",
      { servce: "controller" },
      "sweepNow was taken, but 'servce' is not among its fields (by, service, check)",
    ],
  ])("by signal %s %j is said on its page", async (name, payload, text) => {
    const { world } = await paged();
    await world.monitor.signal(name, payload);
    expect(await lastRefused(world.monitor)).toBe(`- **last refused** at 00:04:00 UTC: ${text}`);
  });

  it("by update is answered, and is said for as long as nothing else was refused", async () => {
    const { world } = await paged({ events: 40, bytes: 1_800_000 });
    expect(await world.monitor.update("pause", { for: "30x", servce: "x" })).toEqual({
      ok: false,
      text: `'for' is not a duration like 1h: "30x"; 'servce' is not among its fields (by, for, reason, service, check)`,
    });
    expect(await lastRefused(world.monitor)).toBeUndefined();
    await world.monitor.signal("sweepnow");
    await world.advanceTo(30 * MINUTE);
    expect(await lastRefused(world.monitor)).toContain("sweepnow: there is no such signal");
  });
});

describe("everything that can be sent or asked", () => {
  it("has words beside it in the Temporal UI", async () => {
    const { world, incident } = await paged();
    for (const wf of [world.monitor, incident]) {
      const { definition } = (await wf.query("__temporal_workflow_metadata")) as {
        readonly definition: Readonly<Record<string, string | readonly Handler[]>>;
      };
      const handlers = Object.values(definition).flatMap((each) => (typeof each === "string" ? [] : each));
      const ours = handlers.filter(({ name = "__" }) => !name.startsWith("__"));
      expect(ours.length).toBeGreaterThan(10);
      expect(ours.filter(({ description = "" }) => description === "")).toEqual([]);
    }
  });
});
