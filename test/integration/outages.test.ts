/** Parts that are away for a while: the receiver, the workers, the store. */

import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { alertOf, dataOf, kindOf, serviceOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

const SECOND = 1_000;
const SERVICES = ["refused", "acknowledged", "unstored"] as const;
type Service = (typeof SERVICES)[number];

/** The first step tells at once, the second 25 s later unless somebody has acknowledged. */
const POLICY = "    critical: [ { notify: [hook] }, { after: 25s, notify: [hook] } ]";

describe("while a part is away", () => {
  let hook: Receiver;
  let installation: Installation;
  const targets = new Map<Service, SwitchTarget>();

  function target(service: Service): SwitchTarget {
    const found = targets.get(service);
    if (found === undefined) throw new Error(service);
    return found;
  }

  function told(service: Service): readonly string[] {
    return hook
      .told()
      .filter((delivery) => serviceOf(delivery) === `shop/${service}`)
      .map((delivery) => `${kindOf(delivery)} n=${dataOf(delivery).n}`);
  }

  function arrival(service: Service, kind: string, seconds: number): Promise<Receiver["received"][number]> {
    return hook.waitFor(
      (delivery) =>
        delivery.accepted && kindOf(delivery) === kind && serviceOf(delivery) === `shop/${service}`,
      seconds * SECOND,
    );
  }

  beforeAll(async () => {
    hook = await startReceiver();
    for (const service of SERVICES) targets.set(service, await startSwitchTarget());
    const services = SERVICES.map((service) => ({ service, url: target(service).url }));
    installation = await startInstallation({ config: watching(services, hook, { policy: POLICY }) });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await Promise.all([...targets.values()].map((each) => each.close()));
    await hook.close();
  }, 60_000);

  it("an acknowledgement sent while no worker runs is honoured before the next step", async () => {
    await target("acknowledged").refuse();
    await arrival("acknowledged", "firing", 60);
    const letGo = await installation.holdUp();
    process.kill(await installation.pid("worker"), "SIGKILL");
    const signalled = await installation.temporal(
      ...["workflow", "signal", "--workflow-id", "incident:shop/acknowledged", "--name", "acknowledge"],
    );
    expect(signalled.code).toBe(0);
    await pass(30 * SECOND);
    letGo();
    const acknowledged = await arrival("acknowledged", "acknowledged", 60);
    expect(dataOf(acknowledged).acknowledged_by).toBe("somebody");
    await target("acknowledged").answer(200);
    await arrival("acknowledged", "resolved", 60);
    expect(told("acknowledged")).toEqual(["firing n=1", "acknowledged n=2", "resolved n=3"]);
  }, 240_000);

  it("a store that is away delays no page and no end", async () => {
    const letGo = await installation.holdUp();
    process.kill(await installation.pid("postgres"), "SIGKILL");
    await target("unstored").refuse();
    const page = await arrival("unstored", "firing", 60);
    expect(page.at - Date.parse(alertOf(page).since)).toBeGreaterThanOrEqual(20 * SECOND);
    expect(page.at - Date.parse(alertOf(page).since)).toBeLessThan(21 * SECOND);
    await target("unstored").answer(200);
    await arrival("unstored", "resolved", 60);
    letGo();
    expect(told("unstored")).toEqual(["firing n=1", "resolved n=2"]);
  }, 240_000);

  it("a receiver that answers 503 around the page and around the end hears each once, in order", async () => {
    hook.answer({ status: 503 });
    await target("refused").refuse();
    await hook.waitFor((delivery) => serviceOf(delivery) === "shop/refused", 60 * SECOND);
    await pass(40 * SECOND);
    hook.answer({ status: 202 });
    await arrival("refused", "firing", 120);
    hook.answer({ status: 503 });
    await target("refused").answer(200);
    await hook.waitFor(
      (delivery) => kindOf(delivery) === "resolved" && serviceOf(delivery) === "shop/refused",
      60 * SECOND,
    );
    await pass(30 * SECOND);
    hook.answer({ status: 202 });
    await arrival("refused", "resolved", 120);
    expect(told("refused")).toEqual([expect.stringMatching(/^firing/), expect.stringMatching(/^resolved/)]);
  }, 400_000);
});
