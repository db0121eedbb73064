/** Five hundred targets that accept and never answer: every one is judged, no sweep fails, one incident for each service. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { dataOf, kindOf, serviceOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";
import { startSwitchTarget, type SwitchTarget } from "../support/switch-target.js";

const SECOND = 1_000;
const SERVICES = 5;
const CHECKS_EACH = 100;
const TIMEOUT_MS = 4 * SECOND;

function config(target: SwitchTarget, hook: Receiver): string {
  const check = (index: number): string =>
    `          c${index}: { type: http, url: "${target.url}", alerts: { down: { for: 20s, severity: critical, action: Mend it. } } }`;
  const checks = Array.from({ length: CHECKS_EACH }, (_each, index) => check(index)).join("\n");
  const services = Array.from(
    { length: SERVICES },
    (_each, index) => `      s${index}:\n        checks:\n${checks}`,
  ).join("\n");
  return `tocsin: 1
defaults: { every: 10s, timeout: 4s, recover_for: 10s, recover_after: 2 }
notifiers:
  hook: { type: webhook, url: "${hook.url}", allow_private: true }
policies:
  default:
    critical: [ { notify: [hook] } ]
systems:
  fleet:
    owner: platform
    services:
${services}
`;
}

interface HistoryEvent {
  readonly eventType: string;
  readonly eventTime: string;
  readonly activityTaskScheduledEventAttributes?: { readonly activityType: { readonly name: string } };
  readonly activityTaskCompletedEventAttributes?: { readonly scheduledEventId: string };
  readonly eventId: string;
}

describe("500 targets that accept and never answer", () => {
  let hook: Receiver;
  let target: SwitchTarget;
  let installation: Installation;

  beforeAll(async () => {
    hook = await startReceiver();
    target = await startSwitchTarget();
    installation = await startInstallation({ config: config(target, hook) });
  }, 180_000);

  afterAll(async () => {
    await installation.close();
    await target.close();
    await hook.close();
  }, 60_000);

  it("are one page for each service, naming how many; every sweep ends within the timeout and two seconds", async () => {
    await target.hang();
    const pages = await Promise.all(
      Array.from({ length: SERVICES }, (_each, index) =>
        hook.waitFor(
          (delivery) => kindOf(delivery) === "firing" && serviceOf(delivery) === `fleet/s${index}`,
          90 * SECOND,
        ),
      ),
    );
    for (const page of pages) {
      const { alerts, more } = dataOf(page);
      expect(alerts.length + more).toBe(CHECKS_EACH);
    }
    expect(hook.told().filter((delivery) => kindOf(delivery) === "firing")).toHaveLength(SERVICES);
    const shown = await installation.temporal(
      "workflow",
      "show",
      "--workflow-id",
      "monitor:fleet",
      "--output",
      "json",
    );
    const { events } = JSON.parse(shown.stdout) as { readonly events: readonly HistoryEvent[] };
    const byId = new Map(events.map((event) => [event.eventId, event]));
    const sweeps = events.flatMap((event) => {
      const scheduled = byId.get(event.activityTaskCompletedEventAttributes?.scheduledEventId ?? "");
      const isSweep = scheduled?.activityTaskScheduledEventAttributes?.activityType.name === "sweep";
      return isSweep ? [Date.parse(event.eventTime) - Date.parse(scheduled.eventTime)] : [];
    });
    expect(sweeps.length).toBeGreaterThan(2);
    expect(Math.max(...sweeps)).toBeLessThan(TIMEOUT_MS + 2 * SECOND);
    expect(
      events.filter(({ eventType }) =>
        /ActivityTask(Failed|TimedOut)|ACTIVITY_TASK_(FAILED|TIMED_OUT)/.test(eventType),
      ),
    ).toEqual([]);
  }, 180_000);
});
