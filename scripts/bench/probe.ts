/** The probe role alone: how many HTTP checks one core makes, a fresh connection each, with nobody judging or storing. */

import { setTimeout as pass } from "node:timers/promises";

import type { ProbeContext } from "../../src/checks/check-type.js";
import { http } from "../../src/checks/http.js";
import { checkId } from "../../src/domain/ids.js";
import { systemClock } from "../../src/lib/clock.js";
import { startFleet } from "./fleet.js";
import { rounded } from "./machine.js";

const TARGETS = 1_000;
const TIMEOUT_MS = 5_000;
/** As many as a worker has under way at a time. */
const AT_ONCE = 100;
const WARM_UP_MS = 2_000;
const WINDOW_MS = 10_000;

const fleet = await startFleet({ targets: TARGETS, hangEvery: 0 });
const specs = Array.from({ length: TARGETS }, (_each, target) =>
  http.schema.parse({ url: fleet.url(target) }),
);
let made = 0;
let failed = 0;
let isOver = false;

async function probeOn(first: number): Promise<void> {
  for (let target = first; !isOver; target = (target + AT_ONCE) % TARGETS) {
    const spec = specs[target];
    if (spec === undefined) return;
    const [reading] = await http.probe(spec, context());
    made += 1;
    if (reading?.outcome !== "good") failed += 1;
  }
}

function context(): ProbeContext {
  return {
    check: checkId("fleet", "all", "one"),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    timeoutMs: TIMEOUT_MS,
    clock: systemClock,
    secrets: () => Promise.reject(new Error("no check here has a secret")),
    egress: { refuse: () => undefined },
    incoming: {
      heartbeat: () => Promise.resolve({ ok: false, reason: "not here" }),
      inbox: () => Promise.resolve({ ok: false, reason: "not here" }),
    },
    lift: { fields: {} },
  };
}

const probing = Promise.all(Array.from({ length: AT_ONCE }, (_each, first) => probeOn(first)));
await pass(WARM_UP_MS);
const [from, usedBefore] = [made, process.cpuUsage()];
const startedAt = process.hrtime.bigint();
await pass(WINDOW_MS);
const used = process.cpuUsage(usedBefore);
const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
const checks = made - from;
isOver = true;
await probing;
await fleet.close();
const cpuSeconds = (used.user + used.system) / 1e6;
process.stdout.write(
  `${JSON.stringify({
    checks,
    failed,
    seconds: rounded(seconds),
    perSecond: Math.round(checks / seconds),
    cpuSeconds: rounded(cpuSeconds),
    perCoreSecond: Math.round(checks / cpuSeconds),
  })}\n`,
);
