/** Stories about rollups: they say the same as the readings they were made of, at every moment. */

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Outcome } from "../../src/domain/reading.js";
import type { RollupRow, RollupStep, StoredReading } from "../../src/store/store.js";
import { CHECK, DAY, HOUR, MINUTE, NOON, reading, RETENTION, SECOND, type Stage } from "./store-stage.js";

const FIVE_MINUTES = 300_000;
const ONE_HOUR = 3_600_000;
const ELEVEN = NOON - 59 * MINUTE;

/** What a rollup must say, by the definition of it. */
function expected(readings: readonly StoredReading[], stepMs: RollupStep): readonly RollupRow[] {
  const buckets = new Map<string, StoredReading[]>();
  for (const each of readings) {
    const key = JSON.stringify([Math.floor(each.at / stepMs) * stepMs, each.subject ?? null]);
    buckets.set(key, [...(buckets.get(key) ?? []), each]);
  }
  return [...buckets].map(([key, members]) => {
    const [from, subject] = JSON.parse(key) as [number, string | null];
    const count = (outcome: Outcome): number => members.filter((each) => each.outcome === outcome).length;
    const latencies = members.flatMap((each) => (each.latencyMs === undefined ? [] : [each.latencyMs]));
    const sum = latencies.reduce((a, b) => a + b, 0);
    return {
      check: CHECK,
      ...(subject === null ? {} : { subject }),
      from,
      ms: stepMs,
      good: count("good"),
      degraded: count("degraded"),
      bad: count("bad"),
      unknown: count("unknown"),
      ...(latencies.length === 0
        ? {}
        : { latencyAvgMs: sum / latencies.length, latencyMaxMs: Math.max(...latencies) }),
    };
  });
}

function inOrder(rows: readonly RollupRow[]): readonly RollupRow[] {
  return [...rows].sort((a, b) => a.from - b.from || (a.subject ?? "").localeCompare(b.subject ?? ""));
}

const WHOLE = { from: NOON - 5 * HOUR, to: NOON + 5 * HOUR };

async function both(stage: Stage): Promise<readonly (readonly RollupRow[])[]> {
  const fine = await stage.store.rollups(CHECK, WHOLE, FIVE_MINUTES);
  const coarse = await stage.store.rollups(CHECK, WHOLE, ONE_HOUR);
  return [inOrder(fine), inOrder(coarse)];
}

function bothExpected(readings: readonly StoredReading[]): readonly (readonly RollupRow[])[] {
  return [inOrder(expected(readings, FIVE_MINUTES)), inOrder(expected(readings, ONE_HOUR))];
}

/** Latencies are halves, so that sums are exact in whatever order they are added. */
const anyReading = fc
  .record({
    at: fc.integer({ min: NOON - 3 * HOUR, max: NOON + 2 * HOUR }),
    outcome: fc.constantFrom<Outcome>("good", "degraded", "bad", "unknown"),
    latencyMs: fc.option(
      fc.integer({ min: 0, max: 60_000 }).map((half) => half / 2),
      { nil: undefined },
    ),
    subject: fc.constantFrom(undefined, "a", "b"),
  })
  .map(({ at, outcome, latencyMs, subject }) =>
    reading(at, {
      outcome,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(subject === undefined ? {} : { subject }),
    }),
  );

const anyReadings = fc.uniqueArray(anyReading, {
  minLength: 1,
  maxLength: 60,
  selector: ({ at, subject }) => `${at} ${subject ?? ""}`,
});

export function rollupStories(stage: () => Stage): void {
  const keepHouse = async (now: number) => {
    stage().setNow(now);
    return stage().store.housekeep(now, RETENTION);
  };

  describe("a rollup", () => {
    it("counts outcomes and measures latency by five minutes and by hour", async () => {
      const all = [
        reading(ELEVEN, { latencyMs: 10 }),
        reading(ELEVEN + MINUTE, { latencyMs: 30 }),
        reading(ELEVEN + 2 * MINUTE, { outcome: "bad" }),
        reading(ELEVEN + 5 * MINUTE, { outcome: "unknown" }),
        reading(ELEVEN + 59 * MINUTE, { outcome: "degraded", latencyMs: 5 }),
      ];
      await stage().store.recordReadings(all);
      await keepHouse(NOON + HOUR);
      expect(await both(stage())).toEqual(bothExpected(all));
      expect((await stage().store.rollups(CHECK, WHOLE, ONE_HOUR))[0]).toEqual({
        check: CHECK,
        from: ELEVEN,
        ms: ONE_HOUR,
        good: 2,
        degraded: 1,
        bad: 1,
        unknown: 1,
        latencyAvgMs: 15,
        latencyMaxMs: 30,
      });
    });

    it("says the same before it is made, half made, and made", async () => {
      const all = Array.from({ length: 240 }, (_, index) =>
        reading(NOON - 2 * HOUR + index * 30 * SECOND, {
          latencyMs: index,
          outcome: index % 7 === 0 ? "bad" : "good",
        }),
      );
      await stage().store.recordReadings(all);
      for (const now of [NOON - 90 * MINUTE, NOON - 31 * MINUTE, NOON + 2 * MINUTE, NOON + 2 * HOUR]) {
        expect(await both(stage())).toEqual(bothExpected(all));
        await keepHouse(now);
      }
      expect(await both(stage())).toEqual(bothExpected(all));
    });

    it("of what was merged is the merge of the rollups, whatever was read and whenever the house was kept", async () => {
      await fc.assert(
        fc.asyncProperty(anyReadings, anyReadings, fc.nat(4), async (first, later, hours) => {
          await stage().sql(
            "truncate tocsin.readings, tocsin.rollups_5m, tocsin.rollups_1h, tocsin.rollup_marks, tocsin.late_buckets, tocsin.receipts",
          );
          const seen = new Set(first.map(({ at, subject }) => `${at} ${subject ?? ""}`));
          const second = later.filter(({ at, subject }) => !seen.has(`${at} ${subject ?? ""}`));
          stage().setNow(NOON - 3 * HOUR);
          await stage().store.recordReadings(first);
          await keepHouse(NOON - 2 * HOUR + hours * HOUR);
          await stage().store.recordReadings(second);
          await keepHouse(NOON + 3 * HOUR);
          expect(await both(stage())).toEqual(bothExpected([...first, ...second]));
          // Everything is rolled up by now: the raw readings are not needed for the answer.
          await stage().sql("truncate tocsin.readings");
          expect(await both(stage())).toEqual(bothExpected([...first, ...second]));
        }),
        { numRuns: 12 },
      );
    });

    it("takes in a reading that comes late", async () => {
      const early = reading(ELEVEN, { latencyMs: 1 });
      await stage().store.recordReadings([early]);
      await keepHouse(NOON + HOUR);
      const late = reading(ELEVEN + SECOND, { outcome: "bad", latencyMs: 9 });
      await stage().store.recordReadings([late]);
      await keepHouse(NOON + HOUR);
      expect(await both(stage())).toEqual(bothExpected([early, late]));
      expect(await stage().sql("select from tocsin.late_buckets")).toEqual([]);
    });

    it("stays as it was when a reading comes after the raw ones were dropped", async () => {
      await stage().store.recordReadings([reading(ELEVEN)]);
      await keepHouse(NOON + 4 * DAY);
      await stage().store.recordReadings([reading(ELEVEN + SECOND)]);
      await keepHouse(NOON + 4 * DAY);
      expect(await both(stage())).toEqual(bothExpected([reading(ELEVEN)]));
    });

    it("is fine for two days and coarse for longer, unless asked", async () => {
      await stage().store.recordReadings([reading(NOON)]);
      const fine = await stage().store.rollups(CHECK, { from: NOON - DAY, to: NOON + DAY });
      const coarse = await stage().store.rollups(CHECK, { from: NOON - 2 * DAY, to: NOON + DAY });
      expect([...fine, ...coarse].map(({ ms }) => ms)).toEqual([FIVE_MINUTES, ONE_HOUR]);
    });

    it("begins with the bucket around the start of the range", async () => {
      await stage().store.recordReadings([reading(ELEVEN), reading(ELEVEN + 5 * MINUTE)]);
      const range = { from: ELEVEN + MINUTE, to: ELEVEN + 5 * MINUTE };
      const rows = await stage().store.rollups(CHECK, range, FIVE_MINUTES);
      expect(rows.map(({ from }) => from)).toEqual([ELEVEN]);
    });
  });
}
