/**
 * Whole sweeps: `sweep.js <checks> <every, s> <window, s> [<every how manieth target hangs>]`. What they cost with everything
 * counted, whether any check was left out, and the worst gap between two questions to one target.
 */

import { setTimeout as pass } from "node:timers/promises";

import { startFleet, type Fleet } from "./fleet.js";
import { fleetConfig } from "./fleet-config.js";
import { spent, startBenchInstallation } from "./installation.js";
import { rounded } from "./machine.js";
import { costOf } from "./process-cost.js";

const [checks = 1_000, everySeconds = 10, windowSeconds = 60, hangEvery = 0] = process.argv
  .slice(2)
  .map(Number);
const TIMEOUT_SECONDS = 5;
const PER_SYSTEM = 500;

const fleet = await startFleet({ targets: checks, hangEvery });
const config = fleetConfig({
  checks,
  everySeconds,
  timeoutSeconds: TIMEOUT_SECONDS,
  url: fleet.url,
  perSystem: PER_SYSTEM,
});
const installation = await startBenchInstallation(config, { again: () => fleet.window() });
try {
  const seenAfter = await allSeen(fleet, installation.startedAt, 3 * everySeconds * 1000 + 30_000);
  // One interval more, so that the window does not begin within the first sweep.
  await pass(everySeconds * 1000);
  await fleet.window();
  const [before, fleetBefore] = [await installation.costs(), costOf(fleet.pid, { tree: false })];
  await pass(windowSeconds * 1000);
  const [after, fleetAfter] = [await installation.costs(), costOf(fleet.pid, { tree: false })];
  const due = Math.floor(windowSeconds / everySeconds);
  const seen = await fleet.report(due);
  const { cpuSeconds, memoryMiB } = spent(before, after);
  process.stdout.write(
    `${JSON.stringify({
      checks,
      everySeconds,
      hanging: hangEvery === 0 ? 0 : Math.ceil(checks / hangEvery),
      windowSeconds: rounded(seen.windowSeconds),
      due: due * checks,
      made: seen.hits,
      coveragePercent: rounded((100 * seen.covered) / (due * checks)),
      worstGapIntervals: rounded(seen.worstGapMs / (everySeconds * 1000)),
      startLagMs: {
        p99: Math.round(Math.max(seen.gapP99Ms - everySeconds * 1000, everySeconds * 1000 - seen.gapP01Ms)),
        median: Math.round(Math.abs(seen.medianGapMs - everySeconds * 1000)),
      },
      warmStartSeconds: installation.startSeconds,
      allSeenAfterSeconds: seenAfter,
      cpuSecondsPer1000: rounded(((cpuSeconds.all ?? 0) / seen.hits) * 1000),
      cores: rounded((cpuSeconds.all ?? 0) / seen.windowSeconds),
      cpuSeconds,
      memoryMiB,
      fleetCpuSecondsPer1000: rounded(((fleetAfter.cpuSeconds - fleetBefore.cpuSeconds) / seen.hits) * 1000),
    })}\n`,
  );
} finally {
  await installation.close();
  await fleet.close();
}

/** Seconds from the start until every target had been asked once; -1 when that takes too long. */
async function allSeen(of: Fleet, startedAt: number, patienceMs: number): Promise<number> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const { allSeenAt } = await of.report();
    if (allSeenAt > startedAt) return rounded((allSeenAt - startedAt) / 1000);
    if (Date.now() > giveUpAt) return -1;
    await pass(250);
  }
}
