/** From a configuration file to a page and its end, as a user sees it: real servers, real sockets, real time. */

import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";
import { alertOf, kindOf, serviceOf } from "../support/pages.js";

const RUNS = 10;
/** Not a multiple of the interval, so that runs fall anywhere in it. */
const BETWEEN_RUNS_MS = 2_300;
const SECOND = 1_000;

describe("for: 20s on a 5 s interval", () => {
  let hook: Receiver;
  let targets: readonly SwitchTarget[];
  let briefly: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    hook = await startReceiver();
    targets = await Promise.all(Array.from({ length: RUNS }, () => startSwitchTarget()));
    briefly = await startSwitchTarget();
    const services = targets.map(({ url }, index) => ({ service: `run-${index}`, url }));
    const config = watching([...services, { service: "briefly", url: briefly.url }], hook);
    installation = await startInstallation({ config });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await Promise.all([...targets, briefly].map((target) => target.close()));
    await hook.close();
  }, 60_000);

  it("pages 20.0 to 21.0 s after the first bad reading, ten times of ten, and tells each its end", async () => {
    const brokenAt: number[] = [];
    await briefly.refuse();
    const mended = pass(14 * SECOND).then(() => briefly.answer(200));
    for (const target of targets) {
      brokenAt.push(Date.now());
      await target.refuse();
      await pass(BETWEEN_RUNS_MS);
    }
    const pages = await Promise.all(
      targets.map((_target, index) =>
        hook.waitFor(
          (delivery) => kindOf(delivery) === "firing" && serviceOf(delivery) === `shop/run-${index}`,
          60 * SECOND,
        ),
      ),
    );
    await mended;
    for (const [run, page] of pages.entries()) {
      const since = Date.parse(alertOf(page).since);
      expect(since).toBeLessThan((brokenAt[run] ?? 0) + 6 * SECOND);
      expect(page.at - since).toBeGreaterThanOrEqual(20 * SECOND);
      expect(page.at - since).toBeLessThan(21 * SECOND);
    }
    await Promise.all(targets.map((target) => target.answer(200)));
    await Promise.all(
      targets.map((_target, index) =>
        hook.waitFor(
          (delivery) => kindOf(delivery) === "resolved" && serviceOf(delivery) === `shop/run-${index}`,
          60 * SECOND,
        ),
      ),
    );
    expect(hook.told()).toHaveLength(2 * RUNS);
    expect(hook.told().filter((delivery) => serviceOf(delivery) === "shop/briefly")).toEqual([]);
  }, 180_000);

  it("is honest when asked: status, alerts, why and the Temporal CLI answer with the right exit codes", async () => {
    const status = await installation.tocsin("status");
    expect(status).toMatchObject({ code: 0 });
    expect(status.stdout).toContain("shop");
    const why = await installation.tocsin("why", "shop/run-0");
    expect(why.code).toBe(0);
    expect(why.stdout).toContain("not-ready");
    const list = await installation.temporal("workflow", "list");
    expect(list.stdout).toContain("monitor:shop");
  }, 60_000);
});
