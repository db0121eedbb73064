import { describe, expect, it } from "@jest/globals";

import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import { at, badFrom } from "./one-rule-cli.js";

describe("tocsin status of what is paused", () => {
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
});
