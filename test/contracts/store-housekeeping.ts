/** Stories about keeping house: what is past its time goes, nothing else does, and nobody waits for it. */

import { describe, expect, it } from "@jest/globals";
import { Client } from "pg";
import { checkId, incidentId } from "../../src/domain/ids.js";
import {
  CHECK,
  DAY,
  delivery,
  event,
  HOUR,
  MINUTE,
  NOON,
  reading,
  RETENTION,
  SECOND,
  SERVICE,
  type Stage,
  transition,
} from "./store-stage.js";

const ALWAYS = { from: 0, to: NOON + 1_000 * DAY };

export function housekeepingStories(stage: () => Stage): void {
  const keepHouse = async (now: number) => {
    stage().setNow(now);
    return stage().store.housekeep(now, RETENTION);
  };
  const countOf = async (table: string): Promise<number> =>
    (await stage().sql<{ n: number }>(`select count(*)::int as n from tocsin.${table}`))[0]?.n ?? -1;
  const partitions = async (table: string): Promise<readonly string[]> =>
    (
      await stage().sql<{ name: string }>(
        `select relname as name from pg_class where relkind = 'r' and relname ~ '^${table}_\\d{8}$' order by 1`,
      )
    ).map(({ name }) => name.slice(-8));

  describe("housekeeping", () => {
    it("makes the partitions of today and the two days after, once", async () => {
      const first = await keepHouse(NOON + 10 * DAY);
      const second = await keepHouse(NOON + 10 * DAY);
      expect([first.partitionsMade, second.partitionsMade]).toEqual([9, 0]);
      expect(await partitions("evidence")).toEqual(
        expect.arrayContaining(["20260314", "20260315", "20260316"]),
      );
    });

    it("drops raw readings when all of their day is past its time, not before", async () => {
      await stage().store.recordReadings([reading(NOON, { latencyMs: 2 })]);
      const midnight = Date.UTC(2026, 2, 5);
      await keepHouse(midnight + 48 * HOUR - 1);
      expect(await countOf("readings")).toBe(1);
      const report = await keepHouse(midnight + 48 * HOUR);
      expect(report.partitionsDropped).toBe(1);
      expect(await countOf("readings")).toBe(0);
      expect(await stage().store.rollups(CHECK, { from: NOON - DAY, to: NOON + DAY })).toMatchObject([
        { good: 1, latencyAvgMs: 2 },
      ]);
    });

    it("keeps readings whose story changed, with their evidence, as long as five-minute rollups", async () => {
      const bad = reading(NOON, {
        outcome: "bad",
        latencyMs: 3,
        fields: { code: 503 },
        evidence: { reason: "503" },
      });
      await stage().store.recordReadings([bad, reading(NOON + SECOND)]);
      await keepHouse(NOON + 20 * DAY);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([bad]);
      await keepHouse(NOON + 31 * DAY);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([]);
    });

    it("drops five-minute rollups after 30 days and hours after 400", async () => {
      await stage().store.recordReadings([reading(NOON)]);
      await keepHouse(NOON + DAY);
      await keepHouse(NOON + 31 * DAY);
      expect([await countOf("rollups_5m"), await countOf("rollups_1h")]).toEqual([0, 1]);
      await keepHouse(NOON + 399 * DAY);
      expect(await countOf("rollups_1h")).toBe(1);
      await keepHouse(NOON + 440 * DAY);
      expect(await countOf("rollups_1h")).toBe(0);
    });

    it("clears what waited in the default partitions and the receipts of batches, too", async () => {
      await stage().store.recordReadings([reading(NOON - 3 * DAY), reading(NOON)]);
      await keepHouse(NOON + MINUTE);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([reading(NOON)]);
      await keepHouse(NOON + 4 * DAY);
      expect([await countOf("readings"), await countOf("receipts")]).toEqual([0, 0]);
    });

    it("may run twice at once, beside a writer", async () => {
      await stage().store.recordReadings(
        Array.from({ length: 200 }, (_, i) => reading(NOON - i * MINUTE, { latencyMs: 1 })),
      );
      const other = stage().another();
      const now = NOON + 10 * MINUTE;
      stage().setNow(now);
      const [one, two] = await Promise.all([
        stage().store.housekeep(now, RETENTION),
        other.housekeep(now, RETENTION),
        stage()
          .another()
          .recordReadings([reading(now)]),
      ]);
      expect(one.bucketsRolledUp + two.bucketsRolledUp).toBe(
        (await countOf("rollups_5m")) + (await countOf("rollups_1h")),
      );
      expect(Math.min(one.bucketsRolledUp, two.bucketsRolledUp)).toBe(0);
      const rollups = await stage().store.rollups(CHECK, { from: NOON - DAY, to: NOON + DAY }, 3_600_000);
      expect(rollups.reduce((sum, { good }) => sum + good, 0)).toBe(201);
    });

    it("leaves a partition that somebody reads for next time, and says so", async () => {
      await stage().store.recordReadings([reading(NOON)]);
      const reader = new Client({ connectionString: stage().connectionString });
      await reader.connect();
      await reader.query("begin; select * from tocsin.readings");
      const busy = await keepHouse(NOON + 4 * DAY).finally(() => reader.end());
      expect(busy.partitionsDropped).toBe(0);
      expect(stage().said.join()).toContain("lock timeout");
      expect((await keepHouse(NOON + 4 * DAY)).partitionsDropped).toBeGreaterThan(0);
      expect(await countOf("readings")).toBe(0);
    });

    it("forgets stories after 400 days, but no incident that has not ended", async () => {
      const still = event(0, "opened", { incident: incidentId(SERVICE, NOON + SECOND), at: NOON + SECOND });
      await stage().store.recordStory({
        transitions: [transition(1, NOON), transition(2, NOON + 10 * DAY)],
        incidentEvents: [event(0, "opened"), event(1, "ended"), event(2, "closed"), still],
        deliveries: [delivery(1), delivery(2, { result: "dead" })],
      });
      await keepHouse(NOON + 405 * DAY);
      expect(await stage().store.transitions({ limit: 10 })).toEqual([transition(2, NOON + 10 * DAY)]);
      expect((await stage().store.incidents({ limit: 10 })).map(({ incident }) => incident)).toEqual([
        still.incident,
      ]);
      expect(await countOf("incident_events")).toBe(1);
      expect([await countOf("deliveries"), await countOf("dead_letters")]).toEqual([0, 0]);
    });

    it("forgets the names of what was not seen for 400 days; seen again, it is known again", async () => {
      const check = checkId("kohakku", "gone", "ready");
      await stage().store.recordReadings([reading(NOON), reading(NOON, { check })]);
      stage().setNow(NOON + 100 * DAY);
      await stage().store.recordReadings([reading(NOON + 100 * DAY)]);
      await keepHouse(NOON + 450 * DAY);
      expect(await stage().sql("select check_id from tocsin.series")).toEqual([{ check_id: CHECK }]);
      const back = reading(NOON + 450 * DAY, { check });
      await stage().store.recordReadings([back]);
      expect(await stage().store.readings(check, ALWAYS, 10)).toEqual([back]);
    });

    it("forgets a reading whose clock was decades off, and rolls up the others", async () => {
      await stage().store.recordReadings([reading(SECOND), reading(NOON - HOUR)]);
      await keepHouse(NOON + HOUR);
      expect(await stage().store.lastReadings(10)).toEqual([reading(NOON - HOUR)]);
      expect([await countOf("rollups_5m"), await countOf("late_buckets")]).toEqual([1, 0]);
    });

    it("reports what it did and how much there is", async () => {
      await stage().store.recordReadings(Array.from({ length: 2_000 }, (_, i) => reading(NOON - i * SECOND)));
      const report = await keepHouse(NOON + 10 * MINUTE);
      expect(report.bucketsRolledUp).toBe(8);
      expect(report.readings).toBeGreaterThan(1_000);
      expect(report.readings).toBeLessThan(4_000);
      expect(report.bytes).toBeGreaterThan(100_000);
    });
  });
}
