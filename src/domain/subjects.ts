/** The subjects of one check: which were reported, which should have been, which are gone. */

import { encodeSubject } from "./ids.js";
import { oneLineReason } from "./reason-line.js";
import type { Reading, Verdict } from "./reading.js";

/** Subjects of one check that are judged; what is beyond is counted (design section 4). */
export const MAX_SUBJECTS = 100;
export interface ProbedSubjects {
  /** Expectations already applied. */
  readonly readings: readonly Reading[];
  /** Subjects whose absence is bad, as configured. */
  readonly requiredSubjects: readonly string[];
  /** Subjects with an alert that is not inactive, encoded as in its id. */
  readonly knownSubjects: readonly string[];
}

export interface MissingSubject {
  /** Encoded. */
  readonly subject: string;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** Readings with a subject, those first that are required or known; at most {@link MAX_SUBJECTS} subjects. */
export function bySubject({ readings, requiredSubjects, knownSubjects }: ProbedSubjects): {
  readonly subjects: ReadonlyMap<string, readonly Reading[]>;
  readonly overflow: number;
} {
  const all = new Map<string, Reading[]>();
  for (const reading of readings) {
    if (reading.subject === undefined) continue;
    const key = encodeSubject(reading.subject);
    all.set(key, [...(all.get(key) ?? []), reading]);
  }
  if (all.size <= MAX_SUBJECTS) return { subjects: all, overflow: 0 };
  const first = new Set([...requiredSubjects.map(encodeSubject), ...knownSubjects]);
  const ordered = [...all].sort(([a], [b]) => Number(first.has(b)) - Number(first.has(a)));
  return { subjects: new Map(ordered.slice(0, MAX_SUBJECTS)), overflow: all.size - MAX_SUBJECTS };
}

function answered({ readings }: ProbedSubjects): boolean {
  return readings.some(
    ({ subject, outcome }) => subject !== undefined || outcome === "good" || outcome === "degraded",
  );
}

/** Subjects that are required or known and were not reported. */
export function missingSubjects(
  probed: ProbedSubjects,
  reported: ReadonlyMap<string, unknown>,
): readonly MissingSubject[] {
  const everReported = new Set(
    probed.readings.flatMap(({ subject }) => (subject === undefined ? [] : [encodeSubject(subject)])),
  );
  const required = new Map(probed.requiredSubjects.map((subject) => [encodeSubject(subject), subject]));
  const names = new Set([...required.keys(), ...probed.knownSubjects]);
  const didAnswer = answered(probed);
  const blind = probed.readings.find(({ reason }) => reason !== undefined)?.reason ?? "no answer";
  return [...names]
    .filter((subject) => !reported.has(subject) && !everReported.has(subject))
    .map((subject) => {
      const name = required.get(subject);
      if (!didAnswer) return { subject, verdict: "unknown", reason: oneLineReason(blind) };
      return name === undefined
        ? { subject, verdict: "absent", reason: "no longer reported" }
        : { subject, verdict: "bad", reason: oneLineReason(`${name} is not reported`) };
    });
}
