/** From a deadline to the sink: `for: 20s` every 5 s against targets that refuse, one after the other. */

import { setTimeout as pass } from "node:timers/promises";

import { startBenchInstallation } from "./installation.js";
import { pagingConfig } from "./paging-config.js";
import { quantiles } from "./quantiles.js";
import { startSink } from "./sink.js";
import { startSwitchTarget } from "./switch-target.js";

const TARGETS = 50;
const FOR_SECONDS = 20;
/** Not a divisor of the interval, so that they fall anywhere in it. */
const BETWEEN_MS = 730;

const sink = await startSink();
const targets = await Promise.all(Array.from({ length: TARGETS }, () => startSwitchTarget()));
const urls = targets.map(({ url }) => url);
const installation = await startBenchInstallation(
  pagingConfig({ urls, hook: sink.url, everySeconds: 5, forSeconds: FOR_SECONDS }),
);
try {
  for (const target of targets) {
    await target.refuse();
    await pass(BETWEEN_MS);
  }
  const pages = await sink.waitFor("firing", TARGETS, 120_000);
  const latencies = pages.map(({ at, since }) => at - since - FOR_SECONDS * 1000);
  await Promise.all(targets.map((target) => target.answer()));
  const ends = await sink.waitFor("resolved", TARGETS, 120_000);
  process.stdout.write(
    `${JSON.stringify({
      targets: TARGETS,
      forSeconds: FOR_SECONDS,
      deadlineToSinkMs: quantiles(latencies),
      early: latencies.filter((each) => each < 0).length,
      pages: pages.length,
      ends: ends.length,
    })}\n`,
  );
} finally {
  await installation.close();
  await Promise.all(targets.map((target) => target.close()));
  await sink.close();
}
