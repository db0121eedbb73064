/**
 * One crash, seen from outside: three services, one that was told, one on its way to a page, one that is well again before its time.
 * The victim is killed with SIGKILL ten seconds into it; whatever dies, nobody is paged twice, nobody is forgotten, nobody in vain.
 */

import { setTimeout as pass } from "node:timers/promises";

import type { Installation } from "./installation.js";
import { startInstallation } from "./installation.js";
import { alertOf, kindOf, serviceOf } from "./pages.js";
import type { Receiver } from "./receiver.js";
import { startReceiver } from "./receiver.js";
import { startSwitchTarget } from "./switch-target.js";
import { watching } from "./watched.js";

const SECOND = 1_000;

export interface CrashOutcome {
  /** `<kind> <service>` of every distinct webhook id, in order of arrival. */
  readonly told: readonly string[];
  /** From the first bad reading of the service that was on its way to its page. */
  readonly pagedAfterMs: number;
  /** From the moment everything was there again to that page. */
  readonly pagedAfterRestartMs: number;
  readonly log: string;
}

/** `kill` ends the victim and answers when it (and everything) is back, or has been told to come back. */
export async function crashStory(kill: (installation: Installation) => Promise<void>): Promise<CrashOutcome> {
  const hook = await startReceiver();
  const [told, pending, brief] = await Promise.all([
    startSwitchTarget(),
    startSwitchTarget(),
    startSwitchTarget(),
  ]);
  const config = watching(
    [
      { service: "told", url: told.url },
      { service: "pending", url: pending.url },
      { service: "brief", url: brief.url },
    ],
    hook,
  );
  const installation = await startInstallation({ config });
  try {
    await told.refuse();
    await arrival(hook, "firing", "shop/told", 60);
    await Promise.all([pending.refuse(), brief.refuse()]);
    await pass(10 * SECOND);
    await Promise.all([told.answer(200), brief.answer(200)]);
    await kill(installation);
    const backAt = Date.now();
    const page = await arrival(hook, "firing", "shop/pending", 90);
    await arrival(hook, "resolved", "shop/told", 90);
    await pending.answer(200);
    await arrival(hook, "resolved", "shop/pending", 90);
    return {
      told: hook.told().map((delivery) => `${kindOf(delivery)} ${serviceOf(delivery)}`),
      pagedAfterMs: page.at - Date.parse(alertOf(page).since),
      pagedAfterRestartMs: page.at - backAt,
      log: installation.log(),
    };
  } finally {
    await installation.close();
    await Promise.all([told, pending, brief].map((target) => target.close()));
    await hook.close();
  }
}

function arrival(
  hook: Receiver,
  kind: string,
  service: string,
  seconds: number,
): Promise<Receiver["received"][number]> {
  return hook.waitFor(
    (delivery) => delivery.accepted && kindOf(delivery) === kind && serviceOf(delivery) === service,
    seconds * SECOND,
  );
}
