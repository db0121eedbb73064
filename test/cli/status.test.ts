import { describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import type { Looks } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import { nothingOpens, run, worldCli, type WorldCli } from "./world-installation.js";

const PLAN = oneRule();
const REASON = "503, redis: error (connection refused)";
const badFrom = (sinceMs: number): Looks => phases([sinceMs, { verdict: "bad", reason: REASON }]);

async function at(sinceMs: number, look?: Looks): Promise<WorldCli & { readonly world: TocsinWorld }> {
  const world = await tocsinWorld({ plan: PLAN, ...(look === undefined ? {} : { look }) });
  await world.advanceTo(sinceMs);
  return { ...worldCli(world, PLAN), world };
}

describe("tocsin status", () => {
  it("says in one line per system that all is well", async () => {
    const { tocsin } = await at(MINUTE);
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "SYSTEM   STATE  FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  good        0        0        0       0       1  10s ago

     Nothing fires.
     ",
     }
    `);
  });

  it("says that something is about to fire, which is no finding yet", async () => {
    const { tocsin } = await at(2 * MINUTE, badFrom(MINUTE));
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "SYSTEM   STATE    FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  pending       0        1        0       0       1  10s ago

     Nothing fires; 1 alert is about to: tocsin alerts.
     ",
     }
    `);
  });

  it("never calls good what is not known", async () => {
    const { tocsin } = await at(3 * MINUTE, phases([MINUTE, { verdict: "unknown", reason: "no route" }]));
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "SYSTEM   STATE    FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  unknown       0        0        1       0       1  10s ago

     Nothing fires.
     1 alert is unknown: tocsin alerts.
     ",
     }
    `);
  });

  it("knows nothing before the first sweep", async () => {
    const { tocsin } = await at(SECOND);
    expect((await tocsin("status")).out).toMatchInlineSnapshot(`
     "SYSTEM   STATE    FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  unknown       0        0        0       0       1  not yet

     Nothing has been swept yet.
     "
    `);
  });

  it("says who hears next of what fires, and ends with 1", async () => {
    const { tocsin } = await at(4 * MINUTE, badFrom(MINUTE));
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 1,
       "out": "SYSTEM   STATE   FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  firing       1        0        0       0       1  10s ago

     INCIDENT            SEVERITY  STATE  ALERTS  OPEN FOR  WHAT NEXT
     kohakku/controller  critical  open        1  55s       lead at 00:08
     ",
     }
    `);
  });

  it("says who has it", async () => {
    const { tocsin, world } = await at(4 * MINUTE, badFrom(MINUTE));
    await tocsin("ack");
    await world.advanceTo(4 * MINUTE + SECOND);
    expect((await tocsin("status")).out).toMatchInlineSnapshot(`
     "SYSTEM   STATE   FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  firing       1        0        0       0       1  11s ago

     INCIDENT            SEVERITY  STATE         ALERTS  OPEN FOR
     kohakku/controller  critical  acknowledged       1  56s
       ada has it until 00:34
     "
    `);
  });

  it("leads with messages that were given up, and ends with 1 although nothing fires any more", async () => {
    const world = await tocsinWorld({
      plan: PLAN,
      look: phases([MINUTE, { verdict: "bad", reason: REASON }], [4 * MINUTE, "good"]),
      answer: () => ({ result: "rejected", reason: "HTTP 410: gone" }),
    });
    const { tocsin } = worldCli(world, PLAN);
    await world.advanceTo(10 * MINUTE);
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 1,
       "out": "1 message was given up: tocsin deadletters list.

     SYSTEM   STATE  FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  good        0        0        0       0       1  10s ago

     Nothing fires.
     ",
     }
    `);
    const { data } = JSON.parse((await tocsin("status", "--json")).out) as { readonly data: object };
    expect(data).toMatchObject({ deadLetters: 1 });
    expect((await tocsin("status", "kohakku")).exit).toBe(1);
  });

  it("says until when a paused incident tells nobody, at 80 columns too", async () => {
    const { tocsin, world } = await at(4 * MINUTE, badFrom(MINUTE));
    await tocsin("pause", "kohakku/controller", "--incident", "--for", "9h", "--reason", "vendor");
    await world.advanceTo(4 * MINUTE + SECOND);
    expect((await tocsin("status")).out).toMatchInlineSnapshot(`
     "SYSTEM   STATE   FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  firing       1        0        0       0       1  11s ago

     INCIDENT            SEVERITY  STATE   ALERTS  OPEN FOR
     kohakku/controller  critical  paused       1  56s
       paused by ada until 09:04: vendor
     "
    `);
  });

  it("names every pause: what, by whom, until when, why", async () => {
    const { tocsin, world } = await at(MINUTE);
    await tocsin("pause", "kohakku/controller", "--for", "20m", "--by", "ana", "--reason", "vendor");
    await tocsin("pause", "kohakku/controller/ready", "--for", "30m");
    await world.advanceTo(2 * MINUTE);
    expect(await tocsin("status")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "SYSTEM   STATE  FIRING  PENDING  UNKNOWN  PAUSED  CHECKS  SWEPT
     kohakku  good        0        0        0       2       1  10s ago

     kohakku/controller paused by ana until 00:21: vendor
     kohakku/controller/ready paused by ada until 00:31

     Nothing fires.
     ",
     }
    `);
    const { data } = JSON.parse((await tocsin("status", "--json")).out) as {
      readonly data: { readonly pauses: readonly object[] };
    };
    expect(data.pauses).toEqual([
      {
        scope: "kohakku/controller",
        by: "ana",
        at: 1767225660000,
        until: 1767226860000,
        reason: "vendor",
      },
      { scope: "kohakku/controller/ready", by: "ada", at: 1767225660000, until: 1767227460000 },
    ]);
  });

  it("does not call a system good that is paused as a whole", async () => {
    const { tocsin, world } = await at(MINUTE);
    await tocsin("pause", "kohakku", "--all");
    await world.advanceTo(2 * MINUTE);
    const { out } = await tocsin("status");
    expect(out).toMatch(/^kohakku {2}paused /m);
    expect(out).toContain("kohakku paused by ada until 01:01");
  });

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

  it("refuses a system that nobody knows, and not with the exit code of one that fires", async () => {
    const { tocsin } = await at(MINUTE);
    const { err, exit } = await tocsin("status", "kohaku");
    expect({ err, exit }).toMatchInlineSnapshot(`
     {
       "err": "error CLI-005: no monitor runs for kohaku, and no configuration asks for one; did you mean kohakku?
     what to do: Apply a configuration that has it (\`tocsin apply\`) and see that a worker runs (\`tocsin worker\` or \`tocsin up\`).
     ",
       "exit": 2,
     }
    `);
    expect((await tocsin("alerts", "kohaku")).err).toContain("; did you mean kohakku?");
  });

  it("gives machines one envelope", async () => {
    const { tocsin } = await at(4 * MINUTE, badFrom(MINUTE));
    const { out } = await tocsin("status", "--json");
    expect(JSON.parse(out)).toMatchInlineSnapshot(`
     {
       "data": {
         "blind": [],
         "deadLetters": 0,
         "incidents": [
           {
             "alerts": 1,
             "incident": "kohakku/controller@2026-01-01T00:03:04.781Z",
             "next": {
               "at": 1767226084781,
               "notify": [
                 "lead",
               ],
             },
             "openedAt": 1767225784781,
             "service": "kohakku/controller",
             "severity": "critical",
             "state": "open",
           },
         ],
         "pauses": [],
         "systems": [
           {
             "checks": 1,
             "firing": 1,
             "monitor": "kohakku",
             "paused": 0,
             "pending": 0,
             "revision": "000000000001",
             "state": "firing",
             "sweptAt": 1767225829781,
             "unknown": 0,
           },
         ],
       },
       "kind": "status",
       "meta": {
         "at": 1767225840000,
         "revision": "000000000001",
         "store": "ok",
       },
       "version": 1,
     }
    `);
  });

  it("reaches for nothing to say how it is used", async () => {
    const { out, exit } = await run(["status", "--help"], nothingOpens);
    expect(exit).toBe(0);
    expect(out).toContain("Usage: tocsin status [options] [system]");
  });
});
