/** Stories about readings: what is recorded is found, once, wherever its time puts it. */

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkId } from "../../src/domain/ids.js";
import type { StoredReading } from "../../src/store/store.js";
import { CHECK, DAY, HOUR, MINUTE, NOON, reading, SECOND, type Stage } from "./store-stage.js";

const ALWAYS = { from: 0, to: NOON + 10 * DAY };

/** Rows per partition of the readings, those without rows left out. */
async function rowsByPartition(stage: Stage): Promise<Readonly<Record<string, number>>> {
  const rows = await stage.sql<{ name: string; rows: number }>(
    "select tableoid::regclass::text as name, count(*)::int as rows from tocsin.readings group by 1 order by 1",
  );
  return Object.fromEntries(rows.map((row) => [row.name.replace(/^.*readings_/, ""), row.rows]));
}

export function readingStories(stage: () => Stage): void {
  describe("a reading", () => {
    it.each<readonly [string, StoredReading]>([
      ["that is good", reading(NOON)],
      [
        "that is bad, with what was seen",
        reading(NOON, { outcome: "bad", evidence: { reason: "refused", text: "<h1>" } }),
      ],
      ["that is degraded, with a latency", reading(NOON, { outcome: "degraded", latencyMs: 12.5 })],
      ["that is unknown", reading(NOON, { outcome: "unknown" })],
      ["with numbers", reading(NOON, { fields: { used_percent: 83.25, age_s: -1 } })],
      ["of a subject", reading(NOON, { subject: "pool/main" })],
      ["with its phases", reading(NOON, { evidence: { phases: { dns: 1.5, connect: 2, total: 9.25 } } })],
    ])("%s comes back as it was recorded", async (_, recorded) => {
      await stage().store.recordReadings([recorded]);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([recorded]);
    });

    it("loses what is no number, and keeps the rest", async () => {
      const fields = { broken: Number.NaN, endless: Infinity, whole: 3 };
      await stage().store.recordReadings([reading(NOON + 0.7, { latencyMs: Number.NaN, fields })]);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([
        reading(NOON, { fields: { whole: 3 } }),
      ]);
    });

    it.each([
      "",
      "a b/c%2F",
      "'; drop table tocsin.readings; --",
      '{1,"2"}',
      "\\",
      "é🦀",
      "NULL",
      "\u202e\u0007",
    ])("of the subject %j is told apart from every other", async (subject) => {
      await stage().store.recordReadings([
        reading(NOON, { subject }),
        reading(NOON, { subject: `${subject}x` }),
      ]);
      const found = await stage().store.readings(CHECK, ALWAYS, 10);
      expect(found.map((each) => each.subject).sort()).toEqual([subject, `${subject}x`].sort());
    });

    it("of any subject at all comes back, with what no database holds replaced", async () => {
      const subjects = fc.sample(fc.string({ unit: "binary", minLength: 1, maxLength: 100 }), 300);
      const distinct = [...new Set(subjects.map((subject) => subject.replaceAll("\0", "\uFFFD")))];
      await stage().store.recordReadings(subjects.map((subject) => reading(NOON, { subject })));
      const found = await stage().store.readings(CHECK, ALWAYS, 1_000);
      expect(found.map((each) => each.subject).sort()).toEqual(distinct.sort());
    });

    it("of a subject without end is cut, not refused", async () => {
      await stage().store.recordReadings([reading(NOON, { subject: "🦀".repeat(5_000) })]);
      expect((await stage().store.readings(CHECK, ALWAYS, 1))[0]?.subject).toBe("🦀".repeat(256));
    });
  });

  describe("a batch of readings", () => {
    const batch = [
      reading(NOON),
      reading(NOON, { subject: "a", outcome: "bad", evidence: { reason: "no" } }),
    ];

    it("recorded again adds nothing", async () => {
      await stage().store.recordReadings(batch);
      await stage().store.recordReadings([...batch].reverse());
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toHaveLength(2);
    });

    it("recorded by two writers at once is there once", async () => {
      const writers = [stage().store, stage().another(), stage().another()];
      await Promise.all(
        writers.flatMap((store) => [store.recordReadings(batch), store.recordReadings(batch)]),
      );
      expect(await stage().store.readings(CHECK, ALWAYS, 20)).toHaveLength(2);
    });

    it("may name the same reading twice", async () => {
      await stage().store.recordReadings([...batch, ...batch]);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toHaveLength(2);
    });

    it("may be empty", async () => {
      await stage().store.recordReadings([]);
      expect(await stage().store.lastReadings(10)).toEqual([]);
    });

    it("of 500 checks never seen before goes in whole, whoever else names them at the same time", async () => {
      const checks = Array.from({ length: 500 }, (_, index) => checkId("kohakku", "fleet", `node-${index}`));
      const one = checks.map((check) => reading(NOON, { check }));
      const other = [...checks].reverse().map((check) => reading(NOON + SECOND, { check }));
      await Promise.all([stage().store.recordReadings(one), stage().another().recordReadings(other)]);
      expect(await stage().store.lastReadings(2_000)).toHaveLength(1_000);
      expect(await stage().sql("select from tocsin.series")).toHaveLength(500);
    });

    it("of 500 checks with a hundred subjects each, all failing, goes in whole", async () => {
      const every = Array.from({ length: 50_000 }, (_, index) =>
        reading(NOON, { subject: `${index}`, outcome: "bad", evidence: { reason: `refused ${index}` } }),
      );
      await stage().store.recordReadings(every);
      expect(await stage().sql("select from tocsin.readings")).toHaveLength(50_000);
      expect(await stage().sql("select from tocsin.evidence")).toHaveLength(50_000);
    });
  });

  describe("readings of a check", () => {
    it("come oldest first, the newest of them when there are more than wanted", async () => {
      const all = Array.from({ length: 9 }, (_, index) => reading(NOON + index * SECOND));
      await stage().store.recordReadings([...all].reverse());
      expect(await stage().store.readings(CHECK, ALWAYS, 4)).toEqual(all.slice(-4));
    });

    it("belong to a range from its start and before its end", async () => {
      const all = [NOON - 1, NOON, NOON + MINUTE - 1, NOON + MINUTE].map((at) => reading(at));
      await stage().store.recordReadings(all);
      const found = await stage().store.readings(CHECK, { from: NOON, to: NOON + MINUTE }, 10);
      expect(found).toEqual(all.slice(1, 3));
    });

    it("are those of no other check, though its name begins alike", async () => {
      const check = checkId("kohakku", "controller", "ready-too");
      await stage().store.recordReadings([reading(NOON), reading(NOON, { check })]);
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([reading(NOON)]);
      expect(await stage().store.readings(checkId("no", "such", "check"), ALWAYS, 10)).toEqual([]);
    });

    it("of all checks come newest first, even when the newest is days old", async () => {
      const check = checkId("koda", "worker", "queue");
      const all = [
        reading(NOON - 30 * DAY, { check }),
        reading(NOON - HOUR),
        reading(NOON, { check, subject: "a" }),
      ];
      await stage().store.recordReadings(all);
      expect(await stage().store.lastReadings(10)).toEqual([...all].reverse());
      expect(await stage().store.lastReadings(1)).toEqual(all.slice(-1));
    });
  });

  describe("over midnight UTC", () => {
    const midnight = Date.UTC(2026, 2, 5);

    it("a batch is split between the days, and found as one", async () => {
      const all = [midnight - 1, midnight, midnight + 1].map((at) => reading(at));
      await stage().store.recordReadings(all);
      expect(await rowsByPartition(stage())).toEqual({ "20260304": 1, "20260305": 2 });
      const range = { from: midnight - 1, to: midnight + 1 };
      expect(await stage().store.readings(CHECK, range, 10)).toEqual(all.slice(0, 2));
    });

    it("the writer makes the partitions of the days to come, day after day", async () => {
      for (let day = 0; day < 5; day += 1) {
        stage().setNow(NOON + day * DAY);
        await stage().store.recordReadings([reading(NOON + day * DAY)]);
      }
      const days = ["20260304", "20260305", "20260306", "20260307", "20260308"];
      expect(await rowsByPartition(stage())).toEqual(Object.fromEntries(days.map((day) => [day, 1])));
      const made = await stage().sql(
        "select from pg_class where relname in ('readings_20260309', 'readings_20260310')",
      );
      expect(made).toHaveLength(2);
    });

    it("late readings land in the default partition and are found all the same", async () => {
      const late = reading(NOON - 3 * DAY, { outcome: "bad", evidence: { reason: "was down" } });
      await stage().store.recordReadings([late, reading(NOON)]);
      expect(await rowsByPartition(stage())).toEqual({ "20260304": 1, default: 1 });
      expect(await stage().store.readings(CHECK, ALWAYS, 10)).toEqual([late, reading(NOON)]);
    });

    it("readings that no partition was made for in time move into theirs once it is made", async () => {
      const early = reading(NOON + 4 * DAY);
      await stage().store.recordReadings([early]);
      expect(await rowsByPartition(stage())).toEqual({ default: 1 });
      stage().setNow(NOON + 4 * DAY);
      await stage().store.recordReadings([reading(NOON + 4 * DAY + SECOND)]);
      expect(await rowsByPartition(stage())).toEqual({ "20260308": 2 });
    });
  });
}
