/** What one probe of one check saw. A failing target is a reading, never an exception. */

/**
 * `bad`: the target fails (refused, timed out, wrong answer). `unknown`: we could not look (missing secret, local failure,
 * a credential the target refuses). `degraded`: it works and says that something is wrong.
 */
export type Outcome = "good" | "degraded" | "bad" | "unknown";

/** What rules, assertions and texts can touch. Numbers carry their unit in the field's name. */
export type FieldValue =
  string | number | boolean | null | readonly FieldValue[] | { readonly [name: string]: FieldValue };

/** One dependency that the target reports about itself. */
export interface Part {
  readonly outcome: Outcome;
  readonly detail?: string;
}

/** Where the time of a probe went, in milliseconds; a phase that was not reached is absent. */
export interface Phases {
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  readonly firstByte?: number;
  readonly total: number;
}

export interface Reading {
  readonly outcome: Outcome;
  /** Set when one probe sees many things: a pool, a consumer group, a certificate. Not encoded. */
  readonly subject?: string;
  /** One line in a person's words; present unless the outcome is good. */
  readonly reason?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly parts?: Readonly<Record<string, Part>>;
  readonly phases?: Phases;
  /** What a person wants to see at 3 am: the start of a body, a certificate's names. Bounded by the check type, holds no secret. */
  readonly evidence?: string;
}

/** We could not look; `reason` says what stood in the way. */
export function unknownReading(reason: string): Reading {
  return { outcome: "unknown", reason, fields: {} };
}

/** There was no answer; `ours`: because of us, so that nothing is known of the target. */
export function unanswered({
  ours,
  reason,
  phases,
}: {
  readonly ours: boolean;
  readonly reason: string;
  readonly phases?: Phases;
}): Reading {
  const outcome = ours ? "unknown" : "bad";
  return { outcome, reason, fields: {}, ...(phases === undefined ? {} : { phases }) };
}

/** What an answer says, before it is known how long it took. */
export type Found = Omit<Reading, "phases">;

/** One reading for each thing found; where the target worked its time is a field, `latency_ms`, for rules to look at. */
export function timedReadings(
  found: readonly Found[],
  phases: Phases,
  latencyMs: number,
): readonly Reading[] {
  return found.map((each) => {
    const works = each.outcome === "good" || each.outcome === "degraded";
    return { ...each, fields: works ? { ...each.fields, latency_ms: latencyMs } : each.fields, phases };
  });
}

/** What a rule says of a reading. `absent`: the check answered and did not report this subject any more. */
export type Verdict = "bad" | "good" | "unknown" | "absent";
