import { beforeAll, describe, expect, it } from "@jest/globals";

import { oneRule } from "../support/plans.js";
import { MINUTE } from "../support/tocsin-lines.js";
import { phases } from "../support/tocsin-sweeps.js";
import { tocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

const BAD = { verdict: "bad", reason: "503, redis: error (connection refused)" } as const;

describe("tocsin incidents", () => {
  let cli: WorldCli;

  beforeAll(async () => {
    const world = await tocsinWorld({
      plan: oneRule(),
      look: phases([MINUTE, BAD], [5 * MINUTE, "good"], [20 * MINUTE, BAD]),
    });
    cli = worldCli(world, oneRule());
    await world.advanceTo(4 * MINUTE);
    await cli.tocsin("ack", "--note", "looking");
    await world.advanceTo(25 * MINUTE);
  });

  it("lists open ones first, then the newest", async () => {
    expect(await cli.tocsin("incidents")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "INCIDENT                                     SEVERITY  STATE   LASTED
     kohakku/controller@2026-01-01T00:22:04.781Z  critical  open    2m 55s
       lead at 00:27
     kohakku/controller@2026-01-01T00:03:04.781Z  critical  closed  3m
     ",
     }
    `);
  });

  it("lists only open ones with --open, and as many as asked for", async () => {
    const rows = async (...argv: readonly string[]): Promise<number> =>
      (await cli.tocsin("incidents", ...argv)).out.match(/^kohakku\//gm)?.length ?? 0;
    expect(await rows("--open")).toBe(1);
    expect(await rows("--limit", "1")).toBe(1);
    expect(await rows("--limit", "2")).toBe(2);
  });

  it("shows everything that happened in the newest of a service", async () => {
    expect((await cli.tocsin("incidents", "kohakku/controller")).out).toMatchInlineSnapshot(`
     "kohakku/controller@2026-01-01T00:22:04.781Z
     open (critical) for 2m 55s: nobody has it; next: lead at 00:27:04 (in 2m 5s).
       00:22:04  opened
       00:22:04  member  kohakku/controller/ready/not-ready fires: 503, redis: error
                         (connection refused)
       00:22:04  step    critical: first step: pager
       00:22:04  told    page to pager
     "
    `);
  });

  it("shows an older one by its id", async () => {
    const { out } = await cli.tocsin("incident", "kohakku/controller@2026-01-01T00:03:04.781Z");
    expect(out).toMatchInlineSnapshot(`
     "kohakku/controller@2026-01-01T00:03:04.781Z
     closed (critical): it lasted 3m, and everybody who was told has heard its end.
       00:03:04  opened
       00:03:04  member        kohakku/controller/ready/not-ready fires: 503, redis:
                               error (connection refused)
       00:03:04  step          critical: first step: pager
       00:03:04  told          page to pager
       00:04:00  acknowledged  until 00:34:00 UTC: looking (ada)
       00:04:00  told          acknowledgement to pager
       00:06:04  member-ended  kohakku/controller/ready/not-ready recovered
       00:06:04  ended         no member fires any more
       00:06:04  told          end to pager
       00:06:04  closed        every end has been told
     "
    `);
  });

  it("says that there was none", async () => {
    const { err, exit } = await cli.tocsin("incidents", "kohakku/dispatcher");
    expect(exit).toBe(1);
    expect(err).toContain("error CLI-003: no incident of kohakku/dispatcher is known");
  });

  it("gives machines the timeline", async () => {
    const { kind, data } = JSON.parse(
      (await cli.tocsin("incidents", "kohakku/controller", "--json")).out,
    ) as {
      readonly kind: string;
      readonly data: readonly { readonly kind: string }[];
    };
    expect(kind).toBe("timeline");
    expect(data.map((line) => line.kind)).toEqual(["opened", "member", "step", "told"]);
  });

  it("shows what runs when the store is away, and says so", async () => {
    cli.away.store = true;
    expect(await cli.tocsin("incidents")).toMatchInlineSnapshot(`
     {
       "err": "store away (store 127.0.0.1:5432/tocsin: connect ECONNREFUSED): live state, open incidents only
     ",
       "exit": 0,
       "out": "INCIDENT            SEVERITY  STATE  ALERTS  OPEN FOR  WHAT NEXT
     kohakku/controller  critical  open        1  2m 55s    lead at 00:27
     ",
     }
    `);
    const { out, err } = await cli.tocsin("incidents", "kohakku/controller");
    expect(err).toContain("live state, the newest lines only");
    expect(out).toContain("critical: first step");
    cli.away.store = false;
  });
});
