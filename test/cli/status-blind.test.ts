import { describe, expect, it } from "@jest/globals";

import { MINUTE } from "../support/tocsin-lines.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { PLAN, at, badFrom } from "./one-rule-cli.js";
import { worldCli } from "./world-installation.js";

describe("tocsin status of what it cannot see", () => {
  it("is blind before anything else when no worker answers", async () => {
    const { tocsin, away } = await at(4 * MINUTE, badFrom(MINUTE));
    away.workers = true;
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 1,
       "out": "BLIND: no worker answers for kohakku: nothing is judged until one is back.

     SYSTEM   STATE      FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  no worker       -        -        -       -       -  -

     INCIDENT            SEVERITY  STATE            ALERTS  OPEN FOR  WHAT NEXT
     kohakku/controller  ?         open, no worker       ?  0s        not known
     ",
     }
    `);
  });

  it("is blind when a monitor that the configuration asks for does not run", async () => {
    const { tocsin, world } = await at(MINUTE);
    await world.monitor.terminate();
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 1,
       "out": "BLIND: no monitor runs for kohakku, although the configuration asks for one.

     SYSTEM   STATE        FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  not running       -        -        -       -       -  -
     ",
     }
    `);
  });

  it("is blind when sweeps do not come back", async () => {
    const world = await tocsinWorld({ plan: PLAN, sweepLost: (_lane, sinceMs) => sinceMs > MINUTE });
    await world.advanceTo(3 * MINUTE);
    expect(await worldCli(world, PLAN).tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 1,
       "out": "BLIND: the checks of kohakku every 15 s have not been swept since 00:00:49 UTC.

     SYSTEM   STATE  FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  blind       0        0        1       0       1  2m 10s ago

     1 alert is unknown: tocsin alerts.
     ",
     }
    `);
  });

  it("is blind when Temporal cannot be reached, and ends with 3", async () => {
    const { tocsin, away } = await at(MINUTE);
    away.temporal = true;
    expect(await tocsin("status", "--address", "127.0.0.1:1")).toMatchInlineSnapshot(`
     {
       "err": "error TMP-001: no Temporal server answers at 127.0.0.1:1
     what to do: Start it (tocsin up), or name the right --address and --namespace (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE).
     ",
       "exit": 3,
       "out": "BLIND: Temporal does not answer at 127.0.0.1:1 (from --address): whether anything is watched is not known.
     ",
     }
    `);
  });

  it("does not say that Temporal is away when it only has no such namespace", async () => {
    const { tocsin, away } = await at(MINUTE);
    away.namespace = true;
    expect(await tocsin("status", "--namespace", "nope")).toMatchInlineSnapshot(`
     {
       "err": "error TMP-002: namespace 'nope' at 127.0.0.1:7233: not found
     what to do: Create it with \`temporal operator namespace create\`, or name another with --namespace.
     ",
       "exit": 3,
       "out": "BLIND: Temporal answers at 127.0.0.1:7233 (from the default) and lets nobody into namespace 'nope': whether anything is watched is not known.
     ",
     }
    `);
  });

  it("notes that the store is away, which is no blindness", async () => {
    const { tocsin, away } = await at(MINUTE);
    away.store = true;
    const { err, exit } = await tocsin("status");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "store away: store 127.0.0.1:5432/tocsin: connect ECONNREFUSED
     ",
       "exit": 0,
     }
    `);
  });

  it("says that nothing is watched when nothing has been applied", async () => {
    const { tocsin, away, world } = await at(MINUTE);
    away.plan = true;
    await world.monitor.terminate();
    expect((await tocsin("status")).out).toBe("Nothing is watched: no configuration has been applied.\n");
  });

  it.each([
    { what: "status", argv: ["status"] },
    { what: "alerts", argv: ["alerts"] },
    { what: "incidents", argv: ["incidents"] },
  ])(
    "cannot know what is watched where there is neither monitor nor store nor up: $what",
    async ({ argv }) => {
      const { tocsin, away, world } = await at(MINUTE);
      Object.assign(away, { plan: true, storeless: true });
      await world.monitor.terminate();
      const { err, exit } = await tocsin(...argv, "--dir", "/tmp/nodir");
      expect(exit).toBe(3);
      expect(err).toContain(
        "error CLI-011: no monitor runs at 127.0.0.1:7233, namespace default (both defaults); no `tocsin up` in /tmp/nodir\n",
      );
    },
  );

  it("says where it looked, in what the person named", async () => {
    const { tocsin, away, world } = await at(MINUTE);
    Object.assign(away, { plan: true, store: true });
    await world.monitor.terminate();
    const { out, err } = await tocsin("status", "--address", "t:1");
    expect(out).toBe(
      "BLIND: nothing says what should be watched: whether anything is watched is not known.\n",
    );
    expect(err).toContain(
      "no monitor runs at t:1 (from --address), namespace default (from the default); no `tocsin up` in /nowhere/.tocsin",
    );
    const { data } = JSON.parse((await tocsin("status", "--json")).out) as {
      readonly data: { readonly blind: readonly object[] };
    };
    expect(data.blind).toEqual([{ reason: "nothing says what should be watched" }]);
  });
});
