/** The store at ten million readings, written the way sweeps write them: `store.js [readings]`. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CheckId } from "../../src/domain/ids.js";
import { checkId } from "../../src/domain/ids.js";
import { startPostgres } from "../../src/embedded/postgres.js";
import { systemClock } from "../../src/lib/clock.js";
import { createPostgresStore } from "../../src/store/postgres.js";
import type { StoredReading } from "../../src/store/store.js";
import { rounded } from "./machine.js";
import { costOf } from "./process-cost.js";
import { quantiles, type Quantiles } from "./quantiles.js";

const wanted = Number(process.argv[2] ?? 10_000_000);
const CHECKS = 10_000;
/** One monitor's worth. */
const BATCH = 500;
const WRITERS = 4;
const EVERY_MS = 30_000;
const QUESTIONS = 100;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION = { rawMs: 14 * DAY_MS, fiveMinutesMs: 90 * DAY_MS, hourlyMs: 400 * DAY_MS };

const dir = await mkdtemp(join(tmpdir(), "tocsin-bench-"));
const postgres = await startPostgres({ dir, log: () => undefined, binaries: "npm" });
const store = createPostgresStore({
  connectionString: postgres.connectionString,
  clock: systemClock,
  maxConnections: WRITERS,
});
try {
  await store.migrate();
  const rounds = Math.ceil(wanted / CHECKS);
  const now = Date.now();
  const firstAt = now - rounds * EVERY_MS;
  const cpuBefore = cpu();
  const writing = process.hrtime.bigint();
  for (let round = 0; round < rounds; round += 1) {
    const batches = Array.from({ length: CHECKS / BATCH }, (_each, index) =>
      batch(index, firstAt + round * EVERY_MS),
    );
    await Promise.all(
      Array.from({ length: WRITERS }, async (_each, writer) => {
        for (let index = writer; index < batches.length; index += WRITERS) {
          await store.recordReadings(batches[index] ?? []);
        }
      }),
    );
  }
  const writeSeconds = secondsSince(writing);
  const cpuSeconds = cpu() - cpuBefore;
  const rolling = process.hrtime.bigint();
  await store.housekeep(now, RETENTION);
  const readings = rounds * CHECKS;
  process.stdout.write(
    `${JSON.stringify({
      readings,
      batch: BATCH,
      postgres: postgres.version,
      writeSeconds: rounded(writeSeconds),
      writtenPerSecond: Math.round(readings / writeSeconds),
      cpuSecondsPer1000: rounded((cpuSeconds / readings) * 1000),
      rollUpSeconds: rounded(secondsSince(rolling)),
      queriesMs: {
        hourOfACheck: await asked((check) => store.readings(check, { from: now - HOUR_MS, to: now }, 2_000)),
        sixHoursOfACheck: await asked((check) =>
          store.readings(check, { from: now - 6 * HOUR_MS, to: now }, 2_000),
        ),
        dayOfACheckRolledUp: await asked((check) => store.rollups(check, { from: now - DAY_MS, to: now })),
        newestHundredOfAll: await asked(() => store.lastReadings(100)),
      },
    })}\n`,
  );
} finally {
  await store.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

function nameOf(index: number): CheckId {
  return checkId(`fleet${Math.floor(index / BATCH)}`, "all", `c${index}`);
}

/** One sweep of a monitor; a hundredth of it is bad and keeps its evidence. */
function batch(monitor: number, at: number): readonly StoredReading[] {
  return Array.from({ length: BATCH }, (_each, index): StoredReading => {
    const check = nameOf(monitor * BATCH + index);
    const time = at + index * 10;
    return index % 100 === 0
      ? { check, at: time, outcome: "bad", latencyMs: 2_000, evidence: { reason: "503, redis: error" } }
      : { check, at: time, outcome: "good", latencyMs: 5 + (index % 40) };
  });
}

async function asked(question: (check: CheckId) => Promise<unknown>): Promise<Quantiles> {
  const times: number[] = [];
  for (let index = 0; index < QUESTIONS; index += 1) {
    const startedAt = performance.now();
    await question(nameOf((index * 7_919) % CHECKS));
    times.push(performance.now() - startedAt);
  }
  return quantiles(times);
}

function secondsSince(begun: bigint): number {
  return Number(process.hrtime.bigint() - begun) / 1e9;
}

/** Of this process and of the server with its sessions. */
function cpu(): number {
  return costOf(process.pid, { tree: false }).cpuSeconds + costOf(postgres.pid, { tree: true }).cpuSeconds;
}
