import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

const BAD = { verdict: "bad", reason: "503, redis: error (connection refused)" } as const;

describe("an open incident", () => {
  async function open(atMs: number): Promise<WorldCli & { readonly world: TocsinWorld }> {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, BAD]) });
    await world.advanceTo(atMs);
    return { ...worldCli(world, oneRule()), world };
  }

  it("is listed with who has it, and shown with its state, its holder and what comes next", async () => {
    const { tocsin, world } = await open(4 * MINUTE);
    expect((await tocsin("incidents", "kohakku/controller")).out.split("\n").slice(0, 4))
      .toMatchInlineSnapshot(`
     [
       "kohakku/controller@2026-01-01T00:03:04.781Z",
       "open (critical) for 55s: nobody has it; next: lead at 00:08:04 (in 4m 5s).",
       "  00:03:04  opened",
       "  00:03:04  member  kohakku/controller/ready/not-ready fires: 503, redis: error",
     ]
    `);
    await tocsin("ack");
    await world.advanceTo(5 * MINUTE);
    expect((await tocsin("incidents")).out).toMatchInlineSnapshot(`
     "INCIDENT                                     SEVERITY  STATE         LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  acknowledged  1m 55s
       ada has it until 00:34
     "
    `);
    expect((await tocsin("incidents", "kohakku/controller")).out.split("\n").slice(0, 3))
      .toMatchInlineSnapshot(`
     [
       "kohakku/controller@2026-01-01T00:03:04.781Z",
       "acknowledged (critical), open for 1m 55s: ada has it until 00:34:00; then it",
       "pages again.",
     ]
    `);
  });

  it("says that it is paused, by whom, until when and why", async () => {
    const { tocsin, world } = await open(4 * MINUTE);
    await tocsin("pause", "kohakku/controller", "--incident", "--reason", "vendor");
    await world.advanceTo(5 * MINUTE);
    expect((await tocsin("incidents")).out).toMatchInlineSnapshot(`
     "INCIDENT                                     SEVERITY  STATE   LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  paused  1m 55s
       paused by ada until 01:04: vendor
     "
    `);
    expect((await tocsin("incidents", "kohakku/controller")).out.split("\n").slice(0, 4))
      .toMatchInlineSnapshot(`
     [
       "kohakku/controller@2026-01-01T00:03:04.781Z",
       "paused (critical), open for 1m 55s: ada has paused it until 01:04:00 (vendor);",
       "its end is told all the same.",
       "  00:03:04  opened",
     ]
    `);
  });

  it("is what was stored last, and says so, where Temporal or its worker does not answer", async () => {
    const { tocsin, away, world } = await open(4 * MINUTE);
    await tocsin("ack");
    await world.advanceTo(5 * MINUTE);
    away.workers = true;
    expect((await tocsin("incidents")).out).toMatchInlineSnapshot(`
     "INCIDENT                                     SEVERITY  STATE            LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  open, no worker  1m 55s
     "
    `);
    away.temporal = true;
    expect(await tocsin("incidents")).toMatchInlineSnapshot(`
     {
       "err": "Temporal does not answer: what was stored last
     ",
       "exit": 0,
       "out": "INCIDENT                                     SEVERITY  STATE  LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  open   1m 55s
     ",
     }
    `);
    const shown = await tocsin("incidents", "kohakku/controller");
    expect({ ...shown, out: shown.out.split("\n").slice(0, 4) }).toMatchInlineSnapshot(`
     {
       "err": "Temporal does not answer: what was stored last
     ",
       "exit": 0,
       "out": [
         "kohakku/controller@2026-01-01T00:03:04.781Z",
         "acknowledged (critical), open for 1m 55s: ada has it until 00:34:00; then it",
         "pages again.",
         "  00:03:04  opened",
       ],
     }
    `);
  });

  it("of which Temporal does not say what comes next says that that is not known", async () => {
    const { tocsin, away, world } = await open(4 * MINUTE);
    away.temporal = true;
    const shown = async (): Promise<string | undefined> =>
      (await tocsin("incidents", "kohakku/controller")).out.split("\n")[1];
    expect(await shown()).toBe("open (critical) for 55s: nobody has it; what comes next is not known.");
    away.temporal = false;
    await tocsin("pause", "kohakku/controller", "--incident", "--for", "30m", "--reason", "vendor");
    await world.advanceTo(5 * MINUTE);
    away.temporal = true;
    expect(await shown()).toBe(
      "paused (critical), open for 1m 55s: ada has paused it until 00:34:00 (vendor);",
    );
  });

  it("is in the list before the store has heard of it", async () => {
    const world = await tocsinWorld({ plan: oneRule(), look: phases([MINUTE, BAD]), storeUp: () => false });
    await world.advanceTo(4 * MINUTE);
    const { out } = await worldCli(world, oneRule()).tocsin("incidents", "--open");
    expect(out).toMatchInlineSnapshot(`
     "INCIDENT                                     SEVERITY  STATE  LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  open   55s
       lead at 00:08
     "
    `);
  });

  it("does not stay open in the list when its workflow has ended it and the store has not heard", async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, BAD], [5 * MINUTE, "good"]),
      storeUp: (sinceMs) => sinceMs < 4 * MINUTE,
      answer: (_notifier, _sinceMs, { kind }) => (kind === "resolved" ? "retry" : "accepted"),
    });
    await world.advanceTo(10 * MINUTE);
    const { tocsin } = worldCli(world, oneRule());
    expect((await tocsin("incidents")).out).toMatchInlineSnapshot(`
     "INCIDENT                                     SEVERITY  STATE  LASTED
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  ended  3m
     "
    `);
    expect((await tocsin("incidents", "--open")).err).toBe("no incident is open\n");
  });

  it("whose workflow was ended by hand says that it does not run", async () => {
    const { tocsin, world } = await open(4 * MINUTE);
    await world.incident("controller")?.terminate();
    expect((await tocsin("incidents")).out).toContain("open, not running");
  });

  it("tells machines its state, its holder and what comes next", async () => {
    const { tocsin, world } = await open(4 * MINUTE);
    await tocsin("ack");
    await world.advanceTo(5 * MINUTE);
    const list = JSON.parse((await tocsin("incidents", "--json")).out) as Record<string, unknown>;
    expect(list).toMatchObject({
      data: [{ state: "acknowledged", acknowledged: { by: "ada" }, severity: "critical" }],
      meta: { source: "store", live: true },
    });
    const one = JSON.parse((await tocsin("incidents", "kohakku/controller", "--json")).out) as object;
    expect(one).toMatchObject({ meta: { state: "acknowledged", by: "ada", live: true } });
  });
});
