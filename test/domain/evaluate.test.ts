import { describe, expect, it } from "@jest/globals";

import { type Judgement, judge, judgeReading } from "../../src/domain/evaluate.js";
import { applyExpectations } from "../../src/domain/expectations.js";
import type { Outcome, Reading } from "../../src/domain/reading.js";
import { MAX_SUBJECTS } from "../../src/domain/subjects.js";
import { createReadingEvaluator } from "../../src/lib/expression.js";

const evaluator = createReadingEvaluator();
const NOW = Date.parse("2026-03-01T12:00:00Z");

function reading(outcome: Outcome, more: Partial<Reading> = {}): Reading {
  return { outcome, fields: {}, ...(outcome === "good" ? {} : { reason: `it is ${outcome}` }), ...more };
}

/** `rule[/subject] verdict: reason`, one line each. */
function told(judgement: Partial<Judgement>): readonly string[] {
  const { verdicts } = judge(
    {
      rules: [{ name: "down" }],
      readings: [],
      requiredSubjects: [],
      knownSubjects: [],
      now: NOW,
      ...judgement,
    },
    evaluator,
  );
  return verdicts.map(
    ({ rule, subject, verdict, reason }) =>
      `${subject === undefined ? rule : `${rule}/${subject}`} ${verdict}${reason === "" ? "" : `: ${reason}`}`,
  );
}

describe("a rule without `when`", () => {
  it.each([
    ["good", "good", ""],
    ["degraded", "good", "it is degraded"],
    ["bad", "bad", "it is bad"],
    ["unknown", "unknown", "it is unknown"],
  ] as const)("calls a reading that is %s %s", (outcome, verdict, reason) => {
    expect(judgeReading({}, reading(outcome), NOW, evaluator)).toEqual({ verdict, reason });
  });
});

describe("a rule with `when`", () => {
  const fields = { status: 500, pool_used_percent: 93.20004, json: { queue: { depth: 12 } }, note: "x" };
  const parts = { db: { outcome: "bad", detail: "refused" }, cache: { outcome: "good" } } as const;

  it.each([
    ["status == 500", "good", "bad", "status is 500 (status == 500)", "500"],
    ["status >= 501", "good", "good", "status is 500 (status >= 501)", "500"],
    ["pool_used_percent > 80", "good", "bad", "pool_used_percent is 93.2 (pool_used_percent > 80)", "93.2"],
    ["json.queue.depth > 10", "good", "bad", "json.queue.depth is 12 (json.queue.depth > 10)", "12"],
    ["outcome == 'degraded'", "degraded", "bad", "it is degraded", undefined],
    ["outcome != 'good'", "bad", "bad", "it is bad", undefined],
    ["outcome == 'degraded'", "good", "good", "outcome == 'degraded'", undefined],
    [
      "parts.db.outcome == 'bad'",
      "good",
      "bad",
      "parts.db.outcome is bad (parts.db.outcome == 'bad')",
      "bad",
    ],
    [
      "parts.exists(p, parts[p].outcome == 'bad')",
      "good",
      "bad",
      "parts is 2 items (parts.exists(p, parts[p].outcome == 'bad'))",
      "2 items",
    ],
    [
      "now > timestamp('2026-01-01T00:00:00Z')",
      "good",
      "bad",
      "now > timestamp('2026-01-01T00:00:00Z')",
      undefined,
    ],
  ] as const)("%s calls a %s reading %s", (when, outcome, verdict, reason, value) => {
    const said = judgeReading({ when }, reading(outcome, { fields, parts }), NOW, evaluator);
    expect(said).toEqual({ verdict, reason, ...(value === undefined ? {} : { value }) });
  });

  it.each([
    ["latency_ms > 80", "latency_ms is missing: latency_ms > 80"],
    ["json.nope.x == 1", "json.nope is missing: json.nope.x == 1"],
    ["parts.nope.outcome == 'bad'", "parts.nope is missing: parts.nope.outcome == 'bad'"],
    ["subject == 'x'", "subject is missing: subject == 'x'"],
    ["note > 3", "note > 3: `>` does not work between string and number: note > 3"],
  ])("%s cannot be told of a reading that lacks it", (when, reason) => {
    const said = judgeReading({ when }, reading("good", { fields, parts }), NOW, evaluator);
    expect(said).toEqual({ verdict: "unknown", reason });
  });

  it.each([
    ["status == 500", "unknown"],
    ["status != 500", "unknown"],
    ["outcome == 'bad'", "unknown"],
    ["outcome == 'degraded' || status == 1", "unknown"],
    ["outcome == 'unknown'", "bad"],
    ["outcome != 'good'", "bad"],
    ["outcome == 'unknown' || nope > 3", "bad"],
    ["outcome == 'unknown' && nope > 3", "unknown"],
  ] as const)("%s calls a reading that nothing is known of %s, never good", (when, verdict) => {
    const said = judgeReading({ when }, reading("unknown", { fields }), NOW, evaluator);
    expect([said.verdict, said.reason]).toEqual([verdict, "it is unknown"]);
  });

  it("gives its reason on one line of bounded length", () => {
    const long = reading("bad", { reason: `first\nsecond\t${"x".repeat(500)}` });
    const { reason } = judgeReading({}, long, NOW, evaluator);
    expect(reason).toMatch(/^first second x+…$/);
    expect(Array.from(reason)).toHaveLength(300);
  });
});

describe("subjects", () => {
  const pool = (subject: string, used: number): Reading => reading("good", { subject, fields: { used } });
  const rules = [{ name: "down" }, { name: "high", when: "used > 80" }];

  it("are judged one by one, and the check as a whole answers", () => {
    expect(told({ rules, readings: [pool("app", 93), pool("a/b", 5)] })).toEqual([
      "down good",
      "down/app good",
      "down/a%2Fb good",
      "high good",
      "high/app bad: used is 93 (used > 80)",
      "high/a%2Fb good: used is 5 (used > 80)",
    ]);
  });

  it("that were known and are not reported are absent", () => {
    expect(told({ readings: [pool("app", 1)], knownSubjects: ["gone", "app"] })).toEqual([
      "down good",
      "down/app good",
      "down/gone absent: no longer reported",
    ]);
  });

  it("that are required and are not reported are bad, known or not", () => {
    expect(
      told({
        readings: [pool("app", 1)],
        requiredSubjects: ["main db", "app"],
        knownSubjects: ["main%20db"],
      }),
    ).toEqual(["down good", "down/app good", "down/main%20db bad: main db is not reported"]);
  });

  it("are unknown, not absent, when the check did not answer", () => {
    const judgement = { requiredSubjects: ["main"], knownSubjects: ["old"] };
    expect(told({ ...judgement, readings: [reading("bad", { reason: "refused" })] })).toEqual([
      "down bad: refused",
      "down/main unknown: refused",
      "down/old unknown: refused",
    ]);
    expect(told({ ...judgement, readings: [reading("unknown", { reason: "no secret" })] })).toEqual([
      "down unknown: no secret",
      "down/main unknown: no secret",
      "down/old unknown: no secret",
    ]);
    expect(told({ ...judgement, readings: [] })).toEqual([
      "down unknown: the check gave no reading",
      "down/main unknown: no answer",
      "down/old unknown: no answer",
    ]);
  });

  it("are absent when the check answered that there are none", () => {
    expect(told({ readings: [reading("good")], knownSubjects: ["old"] })).toEqual([
      "down good",
      "down/old absent: no longer reported",
    ]);
  });

  it("reported twice take the worse verdict", () => {
    const twice = [reading("good", { subject: "x" }), reading("bad", { subject: "x" })];
    expect(told({ readings: twice })).toEqual(["down good", "down/x bad: it is bad"]);
  });

  it("beyond the limit are counted, the required and the known ones judged first", () => {
    const readings = Array.from({ length: MAX_SUBJECTS + 20 }, (_, index) => pool(`s${index}`, index));
    const { verdicts, overflow } = judge(
      { rules: [{ name: "down" }], readings, requiredSubjects: ["s119"], knownSubjects: ["s118"], now: NOW },
      evaluator,
    );
    const subjects = verdicts.flatMap(({ subject = [] }) => subject);
    expect(overflow).toBe(20);
    expect(subjects).toHaveLength(MAX_SUBJECTS);
    expect(subjects.slice(0, 3)).toEqual(["s118", "s119", "s0"]);
    expect(verdicts.filter(({ verdict }) => verdict !== "good")).toEqual([]);
  });
});

describe("expectations", () => {
  const answer = reading("good", { fields: { json: { status: "ok", depth: 3 }, status: 200 } });
  const after = (from: Reading, ...expectations: string[]): Pick<Reading, "outcome" | "reason"> => {
    const { outcome, reason } = applyExpectations(from, expectations, evaluator, NOW);
    return { outcome, ...(reason === undefined ? {} : { reason }) };
  };

  it("that are fulfilled leave the reading as it is", () => {
    expect(applyExpectations(answer, ["json.status == 'ok'", "json.depth < 5"], evaluator, NOW)).toBe(answer);
  });

  it("that are not are all named", () => {
    expect(after(answer, "json.depth < 3", "json.status == 'ok'", "status == 204")).toEqual({
      outcome: "bad",
      reason: "expected json.depth < 3; expected status == 204",
    });
  });

  it("are not fulfilled by an answer that lacks what they ask for", () => {
    expect(after(answer, "json.version == 2")).toEqual({
      outcome: "bad",
      reason: "expected json.version == 2: json.version is missing",
    });
  });

  it("add to what is bad only what is surely wrong", () => {
    const bad = { ...answer, outcome: "bad", reason: "HTTP 500" } as const;
    expect(after(bad, "json.depth < 3", "json.version == 2")).toEqual({
      outcome: "bad",
      reason: "HTTP 500; expected json.depth < 3",
    });
  });

  it("make a degraded answer bad, and say nothing of one that was not seen", () => {
    expect(after({ ...answer, outcome: "degraded", reason: "slow" }, "json.depth < 3").outcome).toBe("bad");
    expect(after(reading("unknown"), "json.depth < 3")).toEqual({
      outcome: "unknown",
      reason: "it is unknown",
    });
  });
});
