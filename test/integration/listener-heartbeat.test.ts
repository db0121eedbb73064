/** A job that pings, a whole Tocsin that waits for it, and what becomes of both when one of them dies. */

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pass } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";

import { startInstallation, type Installation } from "../support/installation.js";
import { alertOf, kindOf, serviceOf } from "../support/pages.js";
import { startReceiver, type Receiver } from "../support/receiver.js";

const SECOND = 1_000;

const configured = (hook: Receiver): string => `tocsin: 1
defaults: { recover_for: 2s, recover_after: 1 }
notifiers:
  hook: { type: webhook, url: "${hook.url}", allow_private: true }
policies:
  default: { critical: [ { notify: [hook] } ] }
systems:
  shop:
    owner: platform
    services:
${[
  ["killed", "4s"],
  ["waiting", "4s"],
  ["failing", "1h"],
]
  .map(
    ([service, every]) => `      ${service}:
        checks:
          job:
            type: heartbeat
            every: ${every}
            grace: 4s
            alerts:
              silent: { for: 0s, min_bad: 1, severity: critical, action: Run it by hand., runbook: "https://runbooks.example" }`,
  )
  .join("\n")}
`;

describe("a heartbeat", () => {
  let hook: Receiver;
  let installation: Installation;
  let jobs: ChildProcess[] = [];

  beforeAll(async () => {
    hook = await startReceiver();
    installation = await startInstallation({ config: configured(hook) });
  }, 180_000);
  afterAll(async () => {
    await installation.close();
    await hook.close();
  }, 60_000);
  afterEach(() => {
    for (const job of jobs) job.kill("SIGKILL");
    jobs = [];
  });

  const addressOf = async (service: string): Promise<string> => {
    const made = await installation.tocsin("token", "create", "--ping", `shop/${service}/job`);
    expect(made).toMatchObject({ code: 0 });
    return made.stdout.split("\n")[0] ?? "";
  };
  /** A process of its own that pings every second, as long as it lives; a ping that fails is not tried again. */
  const job = (address: string): ChildProcess => {
    const loop = `setInterval(() => fetch(process.argv[1], { signal: AbortSignal.timeout(900) }).catch(() => undefined), 1000)`;
    const child = spawn(process.execPath, ["-e", loop, address], { stdio: "ignore" });
    jobs.push(child);
    return child;
  };
  const pagesSince = (service: string, since: number) =>
    hook
      .told()
      .filter(
        (delivery) =>
          delivery.at > since && serviceOf(delivery) === `shop/${service}` && kindOf(delivery) === "firing",
      );
  const firstGoodOf = async (service: string): Promise<void> => {
    while ((await installation.tocsin("check", `shop/${service}/job`)).code !== 0) await pass(200);
  };

  it("of a job that is killed silently pages after its grace, and ends when it pings again", async () => {
    const address = await addressOf("killed");
    const running = job(address);
    await firstGoodOf("killed");
    const gone = once(running, "exit");
    running.kill("SIGKILL");
    await gone;
    const killedAt = Date.now();
    const page = await hook.waitFor(
      (delivery) => serviceOf(delivery) === "shop/killed" && kindOf(delivery) === "firing",
      60 * SECOND,
    );
    expect(page.at - killedAt).toBeGreaterThan(6 * SECOND);
    expect(alertOf(page).reason).toMatch(/^not heard of for \d+ s/);
    job(address);
    await hook.waitFor(
      (delivery) => serviceOf(delivery) === "shop/killed" && kindOf(delivery) === "resolved",
      60 * SECOND,
    );
  }, 180_000);

  it("of a job that goes on pages nobody when the receiver is down for five times its patience", async () => {
    job(await addressOf("waiting"));
    await firstGoodOf("waiting");
    const downSince = Date.now();
    const letGo = await installation.holdUp();
    const serve = await installation.pid("serve");
    process.kill(serve, "SIGKILL");
    await pass(40 * SECOND);
    letGo();
    await firstGoodOf("waiting");
    // Two sweeps more: one that was too late would page by then.
    await pass(30 * SECOND);
    expect(pagesSince("waiting", downSince)).toEqual([]);
  }, 240_000);

  it("of a job that says that it failed pages at the next sweep, with its last words", async () => {
    const address = await addressOf("failing");
    await fetch(address);
    const failed = await fetch(`${address}/3`, {
      method: "POST",
      body: "connecting\nno space left on device\n",
    });
    expect(failed.status).toBe(200);
    const page = await hook.waitFor(
      (delivery) => serviceOf(delivery) === "shop/failing" && kindOf(delivery) === "firing",
      60 * SECOND,
    );
    expect(alertOf(page).reason).toMatch(/^failed with exit code 3 .* ago: no space left on device$/);
  }, 120_000);
});
