/** kill -9 of the worker of 20 monitors: how long until every target has been asked again. */

import { setTimeout as pass } from "node:timers/promises";

import { startFleet } from "./fleet.js";
import { fleetConfig } from "./fleet-config.js";
import { startBenchInstallation } from "./installation.js";
import { rounded } from "./machine.js";

const CHECKS = 1_000;
const PER_SYSTEM = 50;
const EVERY_SECONDS = 5;
const KILLS = 5;
const PATIENCE_MS = 120_000;

const fleet = await startFleet({ targets: CHECKS, hangEvery: 0 });
const installation = await startBenchInstallation(
  fleetConfig({
    checks: CHECKS,
    everySeconds: EVERY_SECONDS,
    timeoutSeconds: 2,
    url: fleet.url,
    perSystem: PER_SYSTEM,
  }),
);
try {
  const seconds: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    // Kills fall anywhere between two sweeps.
    await pass(15_000 + kill * 1_100);
    process.kill(await installation.pid("worker"), "SIGKILL");
    await fleet.window();
    seconds.push(await allAskedAfter(Date.now()));
  }
  process.stdout.write(
    `${JSON.stringify({
      monitors: CHECKS / PER_SYSTEM,
      checks: CHECKS,
      everySeconds: EVERY_SECONDS,
      kills: KILLS,
      killToFullSweepSeconds: seconds,
      worst: Math.max(...seconds),
    })}\n`,
  );
} finally {
  await installation.close();
  await fleet.close();
}

async function allAskedAfter(killedAt: number): Promise<number> {
  for (;;) {
    const { allSeenAt } = await fleet.report();
    if (allSeenAt > 0) return rounded((allSeenAt - killedAt) / 1000);
    if (Date.now() - killedAt > PATIENCE_MS) throw new Error("not every target was asked again");
    await pass(100);
  }
}
