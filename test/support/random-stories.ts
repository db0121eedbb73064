/** Half an hour of trouble at random: what checks see, notifiers answer and people do, and when workers and store are up. */

import fc from "fast-check";

import type { RevisionId } from "../../src/domain/ids.js";
import type { Plan } from "../../src/domain/plan.js";
import { checkPlan, plan, policyPlan, rulePlan, servicePlan } from "./plans.js";
import { HOUR, MINUTE, SECOND } from "./tocsin-lines.js";

export const TROUBLE_MS = 30 * MINUTE;

interface Spell<T> {
  readonly forS: number;
  readonly what: T;
}

/** What holds at a time, of spells that follow each other; undefined after the last one. */
export function at<T>(spells: readonly Spell<T>[], sinceMs: number): T | undefined {
  let endMs = 0;
  return spells.find(({ forS }) => (endMs += forS * SECOND) > sinceMs)?.what;
}

function spells<T>(what: fc.Arbitrary<T>): fc.Arbitrary<readonly Spell<T>[]> {
  return fc.array(fc.record({ forS: fc.integer({ min: 5, max: 400 }), what }), { maxLength: 12 });
}

const looks = fc.constantFrom("good" as const, "bad" as const, "bad" as const, "unknown" as const);
const answers = fc.constantFrom("accepted", "accepted", "retry", "ambiguous", "rejected", "hangs", "lost");
const commands = fc.record({
  atS: fc.integer({ min: 60, max: TROUBLE_MS / SECOND }),
  to: fc.constantFrom("monitor" as const, "incident" as const, "incident" as const),
  name: fc.constantFrom(
    "acknowledge",
    "unacknowledge",
    "pause",
    "resume",
    "resolve",
    "escalate",
    "sweepNow",
    "terminate",
  ),
  forS: fc.oneof(fc.integer({ min: 30, max: 300 }), fc.constant(HOUR / SECOND)),
  /** The check whose alert alone is acknowledged. */
  only: fc.constantFrom(undefined, "ready", "queue", "slow"),
});

export const stories = fc.record({
  ready: spells(looks),
  queue: spells(looks),
  slow: spells(looks),
  /** When what is slow becomes critical by configuration. */
  raisedAtS: fc.option(fc.integer({ min: 60, max: TROUBLE_MS / SECOND }), { nil: undefined }),
  /** A ladder of one step, so that the next rung is hours away. */
  isShort: fc.boolean(),
  pager: spells(answers),
  chat: spells(answers),
  workersUp: spells(fc.constantFrom(true, true, true, false)),
  storeUp: spells(fc.boolean()),
  commands: fc.array(commands, { maxLength: 8 }),
  limits: fc.constantFrom(undefined, { events: 30, bytes: 1_800_000 }, { events: 90, bytes: 1_800_000 }),
  reopenWithinMs: fc.constantFrom(0, 2 * MINUTE),
});
export type Story = typeof stories extends fc.Arbitrary<infer S> ? S : never;

/** Three checks of one service; the last is a warning, until configuration makes it critical. */
export function planOf({ reopenWithinMs, isShort }: Story, slow: "warning" | "critical"): Plan {
  const rule = { forMs: 30 * SECOND, severity: slow };
  const checks = [
    checkPlan({ name: "ready", rules: [rulePlan({ forMs: MINUTE })] }),
    checkPlan({ name: "queue", rules: [rulePlan({ forMs: MINUTE })] }),
    checkPlan({ name: "slow", everyMs: 20 * SECOND, rules: [rulePlan(rule)] }),
  ];
  const short = { critical: [{ afterMs: 0, notify: ["pager"] }], loops: 1, fallback: [] };
  const policies = { default: policyPlan({ reopenWithinMs, ...(isShort ? short : {}) }) };
  const revision = (slow === "warning" ? "000000000001" : "000000000002") as RevisionId;
  return plan([servicePlan({ checks })], { policies, revision });
}
