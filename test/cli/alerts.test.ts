import { describe, expect, it } from "@jest/globals";

import { checkPlan, plan, rulePlan, servicePlan } from "../support/plans.js";
import { MINUTE, SECOND } from "../support/tocsin-lines.js";
import type { Looks } from "../support/tocsin-sweeps.js";
import { tocsinWorld, type TocsinWorld } from "../support/tocsin-world.js";
import { worldCli, type WorldCli } from "./world-installation.js";

const PLAN = plan([
  servicePlan({
    checks: [
      checkPlan(),
      checkPlan({ name: "health", rules: [rulePlan({ name: "ill", severity: "warning" })] }),
    ],
  }),
  servicePlan({ name: "dispatcher" }),
  servicePlan({ name: "postgres", checks: [checkPlan({ name: "up" })] }),
]);
const REASON = "503, redis: error (connection refused), database: ok, minio: ok, queue: 42 waiting";

/** At 4 min: one fires, one recovers, one is about to fire, of one nothing is known. */
const LOOKS: Looks = (check, sinceMs) => {
  const bad = { verdict: "bad", reason: REASON } as const;
  if (sinceMs < MINUTE) return "good";
  switch (check) {
    case "controller/ready":
      return bad;
    case "controller/health":
      return sinceMs < 220 * SECOND ? bad : "good";
    case "dispatcher/ready":
      return sinceMs < 3 * MINUTE ? "good" : bad;
    default:
      return { verdict: "unknown", reason: "no route to host" };
  }
};

async function mixed(): Promise<WorldCli & { readonly world: TocsinWorld }> {
  const world = await tocsinWorld({ plan: PLAN, look: LOOKS });
  await world.advanceTo(4 * MINUTE);
  return { ...worldCli(world, PLAN), world };
}

describe("tocsin alerts", () => {
  it("lists the worst first, each with its clock, and cuts what was said to the window", async () => {
    const { tocsin } = await mixed();
    expect(await tocsin("alerts")).toMatchInlineSnapshot(`
     {
       "err": "",
       "exit": 0,
       "out": "ALERT                               STATE       SEVERITY  CLOCK
     kohakku/controller/ready/not-ready  firing      critical  since 00:01:04
       503, redis: error (connection refused), database: ok, minio: ok, queue: 42 wa…
     kohakku/controller/health/ill       recovering  warning   ends 00:04:49
       503, redis: error (connection refused), database: ok, minio: ok, queue: 42 wa…
     kohakku/dispatcher/ready/not-ready  pending     critical  fires 00:05:04
       503, redis: error (connection refused), database: ok, minio: ok, queue: 42 wa…
     kohakku/postgres/up/not-ready       unknown     critical  since 00:01:04
       no route to host
     ",
     }
    `);
  });

  it("cuts nothing with --wide", async () => {
    const { tocsin } = await mixed();
    expect((await tocsin("alerts", "--wide")).out).toContain(`fires 00:05:04  ${REASON}\n`);
  });

  it("shows those of one system only", async () => {
    const { tocsin } = await mixed();
    expect((await tocsin("alerts", "kohakku")).out).toContain("kohakku/controller/ready/not-ready");
    const { err, exit } = await tocsin("alerts", "koda");
    expect(exit).toBe(2);
    expect(err).toContain("error CLI-005: no monitor runs for koda");
  });

  it("names what is paused, although nothing of it is in trouble", async () => {
    const world = await tocsinWorld({ plan: PLAN });
    const { tocsin } = worldCli(world, PLAN);
    await world.advanceTo(MINUTE);
    await tocsin("pause", "kohakku/dispatcher", "--for", "20m", "--by", "ana", "--reason", "vendor");
    await world.advanceTo(2 * MINUTE);
    expect(await tocsin("alerts")).toEqual({
      out: "kohakku/dispatcher paused by ana until 00:21: vendor\n",
      err: "no alert is firing, pending or unknown\n",
      exit: 0,
    });
    const { meta } = JSON.parse((await tocsin("alerts", "--json")).out) as { readonly meta: object };
    expect(meta).toMatchObject({ pauses: [{ scope: "kohakku/dispatcher", by: "ana", reason: "vendor" }] });
  });

  it("tells machines with every paused alert by whom, until when and why", async () => {
    const { tocsin, world } = await mixed();
    await tocsin("pause", "kohakku/controller/ready", "--for", "20m", "--reason", "vendor");
    await world.advanceTo(4 * MINUTE + SECOND);
    const { data } = JSON.parse((await tocsin("alerts", "--json")).out) as {
      readonly data: readonly { readonly alert: string; readonly paused?: object }[];
    };
    expect(data.filter(({ paused }) => paused !== undefined)).toEqual([
      expect.objectContaining({
        alert: "kohakku/controller/ready/not-ready",
        paused: { by: "ada", until: 1767227040000, reason: "vendor" },
      }),
    ]);
  });

  it("gives machines every alert with its times", async () => {
    const { tocsin } = await mixed();
    const { data } = JSON.parse((await tocsin("alerts", "--json")).out) as {
      readonly data: readonly object[];
    };
    expect(data).toMatchInlineSnapshot(`
     [
       {
         "alert": "kohakku/controller/ready/not-ready",
         "episode": 1767225784,
         "reason": "503, redis: error (connection refused), database: ok, minio: ok, queue: 42 waiting",
         "severity": "critical",
         "since": 1767225664781,
         "source": "live",
         "state": "firing",
       },
       {
         "alert": "kohakku/controller/health/ill",
         "deadline": 1767225889781,
         "episode": 1767225784,
         "reason": "503, redis: error (connection refused), database: ok, minio: ok, queue: 42 waiting",
         "severity": "warning",
         "since": 1767225664781,
         "source": "live",
         "state": "recovering",
       },
       {
         "alert": "kohakku/dispatcher/ready/not-ready",
         "deadline": 1767225904781,
         "reason": "503, redis: error (connection refused), database: ok, minio: ok, queue: 42 waiting",
         "severity": "critical",
         "since": 1767225784781,
         "source": "live",
         "state": "pending",
       },
       {
         "alert": "kohakku/postgres/up/not-ready",
         "reason": "no route to host",
         "severity": "critical",
         "since": 1767225664781,
         "source": "live",
         "state": "unknown",
       },
     ]
    `);
  });

  it("shows what was stored last when no worker answers, and says so", async () => {
    const { tocsin, away } = await mixed();
    away.workers = true;
    expect(await tocsin("alerts")).toMatchInlineSnapshot(`
     {
       "err": "blind: no worker answers for kohakku: nothing is judged until one is back
     no worker answers for kohakku: what was stored last, which may have changed
     ",
       "exit": 0,
       "out": "ALERT                               STATE       SEVERITY  CLOCK
     kohakku/controller/ready/not-ready  firing      critical  since 00:03:04
       503, redis: error (connection refused), database: ok, minio: ok, queue: 42 wa…
     kohakku/controller/health/ill       recovering  warning   since 00:03:49
       good again
     kohakku/dispatcher/ready/not-ready  pending     critical  since 00:03:04
       503, redis: error (connection refused), database: ok, minio: ok, queue: 42 wa…
     ",
     }
    `);
  });

  it("knows nothing when the store is away too, and ends with 3", async () => {
    const { tocsin, away } = await mixed();
    away.workers = true;
    away.store = true;
    expect(await tocsin("alerts")).toMatchInlineSnapshot(`
     {
       "err": "blind: no worker answers for kohakku: nothing is judged until one is back
     nothing is known of kohakku: no worker answers and the store is away
     ",
       "exit": 3,
       "out": "",
     }
    `);
  });

  it("says that there is nothing to list", async () => {
    const world = await tocsinWorld({ plan: PLAN });
    await world.advanceTo(MINUTE);
    expect(await worldCli(world, PLAN).tocsin("alerts")).toEqual({
      out: "",
      err: "no alert is firing, pending or unknown\n",
      exit: 0,
    });
  });
});
