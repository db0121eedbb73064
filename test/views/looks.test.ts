import { describe, expect, it } from "@jest/globals";

import { readLooks } from "../../src/views/why/looks.js";
import type { CheckId } from "../../src/domain/ids.js";
import type { RollupRow, StoredReading } from "../../src/store/store.js";

const CHECK = "kohakku/controller/ready" as CheckId;
const STEP = 300_000;
const FROM = 10 * STEP;
const NOW = 20 * STEP;

const reading = (at: number, outcome: StoredReading["outcome"] = "good"): StoredReading => ({
  check: CHECK,
  at,
  outcome,
});
const bucket = (from: number, bad = 0): RollupRow => ({
  check: CHECK,
  from,
  ms: STEP,
  good: 5,
  degraded: 0,
  bad,
  unknown: 0,
});

async function look(readings: readonly StoredReading[], buckets: readonly RollupRow[]): Promise<object> {
  const store = {
    readings: (_check: CheckId, { from, to }: { from: number; to: number }, limit: number) =>
      Promise.resolve(readings.filter(({ at }) => at >= from && at < to).slice(-limit)),
    rollups: () => Promise.resolve(buckets),
  };
  const [{ check: _, ...found } = { check: CHECK }] = await readLooks(store, [CHECK], {
    from: FROM,
    to: NOW,
  });
  return found;
}

describe("what the store has of a check's readings", () => {
  it("is nothing for one that was never probed", async () => {
    expect(await look([], [])).toEqual({ bad: 0 });
  });

  it("begins with the first reading, not with the bucket it is in", async () => {
    const readings = [reading(FROM + STEP + 7), reading(NOW - 1)];
    expect(await look(readings, [bucket(FROM + STEP)])).toEqual({
      bad: 0,
      firstAt: FROM + STEP + 7,
      last: { at: NOW - 1, outcome: "good" },
    });
  });

  it("leaves out what was before the time looked at, although its bucket reaches into it", async () => {
    const readings = [reading(FROM - 9, "bad"), reading(FROM + 9), reading(FROM + STEP, "bad")];
    const found = await look(readings, [bucket(FROM - 20, 1), bucket(FROM + STEP, 1)]);
    expect(found).toMatchObject({ bad: 1, firstAt: FROM + 9 });
  });

  it("begins with the next bucket when nothing of the first lies within", async () => {
    const found = await look([reading(FROM - 9, "bad")], [bucket(FROM - 20, 1), bucket(FROM + STEP)]);
    expect(found).toMatchObject({ bad: 0, firstAt: FROM + STEP });
  });

  it("lives from the buckets where single readings are not kept any more", async () => {
    const found = await look([], [bucket(FROM, 2), bucket(FROM + STEP, 3)]);
    expect(found).toEqual({ bad: 5, firstAt: FROM });
  });
});
