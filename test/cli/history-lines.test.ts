import { describe, expect, it } from "@jest/globals";

import { bucketLines, readingLines, shares } from "../../src/cli/history-lines.js";
import type { CheckId } from "../../src/domain/ids.js";
import type { Outcome } from "../../src/domain/reading.js";
import type { RollupRow, StoredReading } from "../../src/store/store.js";

const CHECK = "kohakku/controller/ready" as CheckId;

function reading(at: number, outcome: Outcome, reason?: string, subject?: string): StoredReading {
  return {
    check: CHECK,
    at,
    outcome,
    latencyMs: 10,
    ...(subject === undefined ? {} : { subject }),
    ...(reason === undefined ? {} : { evidence: { reason } }),
  };
}

function rollup(counts: Partial<RollupRow>): RollupRow {
  return { check: CHECK, from: 0, ms: 300_000, good: 0, degraded: 0, bad: 0, unknown: 0, ...counts };
}

describe("readings as lines", () => {
  it("are one line as long as nothing changes", () => {
    const lines = readingLines([reading(1, "good"), reading(2, "good"), reading(3, "good")]);
    expect(lines).toEqual([{ from: 1, to: 3, what: "good ×3", latency: "10 ms", detail: "" }]);
  });

  it("stay one line where the store kept the reason of the first alone", () => {
    const lines = readingLines([reading(1, "bad", "503"), reading(2, "bad"), reading(3, "bad")]);
    expect(lines.map(({ what, detail }) => [what, detail])).toEqual([["bad ×3", "503"]]);
  });

  it("begin a new line with another outcome or another reason", () => {
    const lines = readingLines([
      reading(1, "good"),
      reading(2, "bad", "503"),
      reading(3, "bad", "504"),
      reading(4, "good"),
    ]);
    expect(lines.map(({ from, what, detail }) => [from, what, detail])).toEqual([
      [1, "good", ""],
      [2, "bad", "503"],
      [3, "bad", "504"],
      [4, "good", ""],
    ]);
  });

  it("are told apart by subject", () => {
    const lines = readingLines([
      reading(1, "good", undefined, "a"),
      reading(1, "bad", "full", "b"),
      reading(2, "good", undefined, "a"),
      reading(2, "bad", undefined, "b"),
    ]);
    expect(lines.map(({ what, detail }) => [what, detail])).toEqual([
      ["good ×2", "a"],
      ["bad ×2", "b: full"],
    ]);
  });
});

describe("buckets as lines", () => {
  it.each([
    { counts: { good: 20 }, what: "good", detail: "20 good" },
    { counts: { good: 19, degraded: 1 }, what: "degraded", detail: "19 good, 1 degraded" },
    { counts: { good: 19, unknown: 1 }, what: "unknown", detail: "19 good, 1 unknown" },
    { counts: { good: 18, unknown: 1, bad: 1 }, what: "bad", detail: "18 good, 1 bad, 1 unknown" },
  ])("are as bad as the worst in them: $detail", ({ counts, what, detail }) => {
    expect(bucketLines([rollup(counts)])).toMatchObject([{ from: 0, to: 300_000, what, detail }]);
  });
});

describe("the share of good readings", () => {
  it.each([
    { counts: {}, said: "no known readings" },
    { counts: { unknown: 2 }, said: "no known readings, 2 unknown" },
    { counts: { good: 4 }, said: "100 % good of 4 known readings" },
    { counts: { good: 9_999, bad: 1 }, said: "99.9 % good of 10000 known readings" },
    {
      counts: { good: 3, degraded: 1, unknown: 2 },
      said: "75 % good, 25 % degraded of 4 known readings, 2 unknown",
    },
  ])("leaves out what is not known, and is never rounded up: $said", ({ counts, said }) => {
    expect(shares([], [rollup(counts)])).toBe(said);
  });
});
