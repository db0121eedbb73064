import { describe, expect, it } from "@jest/globals";

import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { PLAN, at, badFrom, REASON } from "./one-rule-cli.js";
import { nothingOpens, run, worldCli } from "./world-installation.js";

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
