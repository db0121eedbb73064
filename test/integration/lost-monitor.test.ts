/** A monitor that somebody terminates while it watches: it runs again by itself, and who was told of trouble is told its end. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { kindOf, serviceOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";
import { watching } from "../support/watched.js";

const SECOND = 1_000;

describe("a monitor that is terminated", () => {
  let hook: Receiver;
  let firing: SwitchTarget;
  let later: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    hook = await startReceiver();
    [firing, later] = await Promise.all([startSwitchTarget(), startSwitchTarget()]);
    const services = [
      { service: "firing", url: firing.url },
      { service: "later", url: later.url },
    ];
    const fast = { every: "2s", timeout: "1s", for: "6s", recoverFor: "2s" };
    installation = await startInstallation({ config: watching(services, hook, fast) });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await Promise.all([firing.close(), later.close()]);
    await hook.close();
  }, 60_000);

  function arrival(kind: string, service: string): Promise<Receiver["received"][number]> {
    return hook.waitFor(
      (delivery) => kindOf(delivery) === kind && serviceOf(delivery) === `shop/${service}`,
      90 * SECOND,
    );
  }

  it("watches again: new trouble is paged, old trouble is told its end, nothing twice", async () => {
    await firing.refuse();
    await arrival("firing", "firing");
    const end = await installation.temporal("workflow", "terminate", "--workflow-id", "monitor:shop");
    expect(end.code).toBe(0);
    await later.refuse();
    await arrival("firing", "later");
    expect(installation.log()).toContain("monitor:shop did not run any more");
    await Promise.all([firing.answer(200), later.answer(200)]);
    await Promise.all([arrival("resolved", "firing"), arrival("resolved", "later")]);
    const told = hook.told().map((delivery) => `${kindOf(delivery)} ${serviceOf(delivery)}`);
    const kinds = ["firing shop/firing", "firing shop/later", "resolved shop/firing", "resolved shop/later"];
    expect(told.filter((line) => kinds.includes(line)).sort()).toEqual(kinds);
  }, 240_000);
});
