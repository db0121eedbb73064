/** Parts that are away for a while: the receiver, the workers. */

import { setTimeout as pass } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { dataOf, kindOf, serviceOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

const SECOND = 1_000;
const SERVICES = ["refused", "acknowledged"] as const;
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

  /** Resolves when a message has been refused for so long, counted from its first delivery. */
  async function refusedFor(seconds: number, kind: string): Promise<void> {
    const first = await hook.waitFor(
      (delivery) => kindOf(delivery) === kind && serviceOf(delivery) === "shop/refused",
      60 * SECOND,
    );
    await pass(first.at + seconds * SECOND - Date.now());
    const tries = hook.received.filter(
      (delivery) => kindOf(delivery) === kind && serviceOf(delivery) === "shop/refused",
    );
    expect(tries.map(({ accepted }) => accepted)).not.toContain(true);
    expect(tries.length).toBeGreaterThan(3);
  }

  /** The incident has heard that its page arrived: of one whose worker dies before that, it can only know that it may have. */
  async function heard(service: Service): Promise<void> {
    const giveUpAt = Date.now() + 30 * SECOND;
    for (;;) {
      const { stdout } = await installation.temporal(
        ...["workflow", "query", "--workflow-id", `incident:shop/${service}`, "--type", "status"],
      );
      if (stdout.includes('"heard"')) return;
      if (Date.now() > giveUpAt) throw new Error(`nobody has told the incident: ${stdout}`);
    }
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
    await heard("acknowledged");
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

  it("a receiver that answers 503 for a minute around the page and around the end hears each once, in order", async () => {
    hook.answer({ status: 503 });
    await target("refused").refuse();
    await refusedFor(60, "firing");
    hook.answer({ status: 202 });
    await arrival("refused", "firing", 120);
    hook.answer({ status: 503 });
    await target("refused").answer(200);
    await refusedFor(60, "resolved");
    hook.answer({ status: 202 });
    await arrival("refused", "resolved", 120);
    expect(told("refused")).toEqual([expect.stringMatching(/^firing/), expect.stringMatching(/^resolved/)]);
  }, 500_000);
});
