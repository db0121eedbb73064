/** From readings to verdicts: what every rule of one check says of every subject, with one line why. Pure. */

import type { RulePlan } from "./plan.js";
import { oneLineReason } from "./reason-line.js";
import { readingValues, type ReadingEvaluator } from "./reading-values.js";
import type { FieldValue, Reading, Verdict } from "./reading.js";
import { bySubject, missingSubjects, type ProbedSubjects } from "./subjects.js";
import { fieldAt, showValue } from "./template.js";

/** Values that a reason shows at most. */
const MAX_SHOWN = 3;

export interface Judgement extends ProbedSubjects {
  readonly rules: readonly Pick<RulePlan, "name" | "when">[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface RuleVerdict {
  readonly rule: string;
  /** Encoded as in the alert's id; absent when the verdict is about the check as a whole. */
  readonly subject?: string;
  readonly verdict: Verdict;
  /** One line; empty when there is nothing to say of what is good. */
  readonly reason: string;
  /** The first field the rule touches, as a person reads it. */
  readonly value?: string;
}

export interface Judged {
  readonly verdicts: readonly RuleVerdict[];
  /** Subjects beyond the limit that were not judged. */
  readonly overflow: number;
}

type Saying = Pick<RuleVerdict, "verdict" | "reason" | "value">;

/**
 * Judges one probe of one check. When it did not answer at all, nothing is said of subjects but that they are unknown; when it did,
 * a required subject that is missing is bad and a known one absent. An answer made of subjects alone is good for the check as a whole.
 */
export function judge(judgement: Judgement, evaluator: ReadingEvaluator): Judged {
  const { subjects, overflow } = bySubject(judgement);
  const whole = judgement.readings.filter(({ subject }) => subject === undefined);
  const verdicts = judgement.rules.flatMap((rule) => {
    const say = (reading: Reading): Saying => judgeReading(rule, reading, judgement.now, evaluator);
    const ofCheck: RuleVerdict = { rule: rule.name, ...worst(whole.map(say), answersBySubjects(judgement)) };
    const ofSubjects = [...subjects].map(([subject, readings]) => ({
      rule: rule.name,
      subject,
      ...worst(readings.map(say), { verdict: "good", reason: "" }),
    }));
    const ofMissing = missingSubjects(judgement, subjects).map((each) => ({ rule: rule.name, ...each }));
    return [ofCheck, ...ofSubjects, ...ofMissing];
  });
  return { verdicts, overflow };
}

/** What one rule says of one reading (lifecycle 3). */
export function judgeReading(
  rule: Pick<RulePlan, "when">,
  reading: Reading,
  now: number,
  evaluator: ReadingEvaluator,
): Saying {
  if (rule.when === undefined) return byOutcome(reading);
  const touched = evaluator.touches(rule.when);
  const truth = evaluator.evaluate(rule.when, readingValues(reading, now));
  // Where nothing was seen nothing is good: such a reading can only be bad to a rule that asks for it.
  if (reading.outcome === "unknown" && !(touched.includes("outcome") && truth.value === true)) {
    return byOutcome(reading);
  }
  if (truth.value === "unknown")
    return { verdict: "unknown", reason: oneLineReason(`${truth.reason}: ${rule.when}`) };
  const shown = touched
    .filter((path) => path !== "outcome" && path !== "now")
    .map((path) => show(path, reading));
  const [first] = shown;
  return {
    verdict: truth.value ? "bad" : "good",
    reason: oneLineReason(reasonOf(rule.when, reading, touched, shown)),
    ...(first === undefined ? {} : { value: first.value }),
  };
}

function byOutcome(reading: Reading): Saying {
  const reason = oneLineReason(reading.reason ?? "");
  switch (reading.outcome) {
    case "good":
    case "degraded":
      return { verdict: "good", reason };
    case "bad":
    case "unknown":
      return { verdict: reading.outcome, reason };
  }
}

interface Shown {
  readonly path: string;
  readonly value: string;
}

function show(path: string, reading: Reading): Shown {
  const [name = "", ...rest] = path.split(".");
  if (name === "subject") return { path, value: reading.subject ?? "?" };
  if (name !== "parts") return { path, value: showValue(fieldAt(reading.fields, [name, ...rest])) };
  return { path, value: showValue(fieldAt({ parts: partsAsField(reading) }, ["parts", ...rest])) };
}

function partsAsField({ parts = {} }: Reading): FieldValue {
  return Object.fromEntries(
    Object.entries(parts).map(([name, { outcome, detail }]): [string, FieldValue] => [
      name,
      detail === undefined ? { outcome } : { outcome, detail },
    ]),
  );
}

function reasonOf(
  when: string,
  reading: Reading,
  touched: readonly string[],
  shown: readonly Shown[],
): string {
  const own = touched.includes("outcome") || shown.length === 0 ? reading.reason : undefined;
  if (own !== undefined) return own;
  if (shown.length === 0) return when;
  const values = shown.slice(0, MAX_SHOWN).map(({ path, value }) => `${path} is ${value}`);
  return `${values.join(", ")} (${when})`;
}

function answersBySubjects(judgement: Judgement): Saying {
  return judgement.readings.length === 0
    ? { verdict: "unknown", reason: "the check gave no reading" }
    : { verdict: "good", reason: "" };
}

const RANK: Readonly<Record<Verdict, number>> = { bad: 3, unknown: 2, absent: 1, good: 0 };

function worst(sayings: readonly Saying[], none: Saying): Saying {
  const [first, ...rest] = sayings;
  if (first === undefined) return none;
  return rest.reduce((worse, each) => (RANK[each.verdict] > RANK[worse.verdict] ? each : worse), first);
}
