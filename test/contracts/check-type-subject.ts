/** What the check types' suite is told of a type, and what holds for everything that type reports. */

import { expect } from "@jest/globals";

import type { CheckType, ProbeContext } from "../../src/checks/check-type.js";
import type { Reading } from "../../src/domain/reading.js";
import type { Fault } from "../support/fault-proxy.js";
import { probeContext, secretsFrom } from "../support/probe-context.js";

/** Something healthy to probe; `drained` resolves once nobody is connected to it. */
interface HealthyTarget {
  /** On 127.0.0.1; absent for what is not reached over the network. */
  readonly port?: number;
  readonly drained?: () => Promise<void>;
  readonly close: () => Promise<unknown>;
}

/** What the suite must be told about a check type. */
export interface CheckTypeSubject<Spec> {
  readonly type: CheckType<Spec>;
  readonly start: () => Promise<HealthyTarget>;
  /** Its own keys, as YAML would give them, for a target at this port of 127.0.0.1; 0 for a target without one. */
  readonly keys: (port: number) => Readonly<Record<string, unknown>>;
  /** Declared fields that a good reading of this target lacks, each with why. */
  readonly absent?: Readonly<Record<string, string>>;
  /** Whether probes of it cross the network: only then do faults and deadlines of one mean anything. */
  readonly network: boolean;
  /** Faults that cannot keep a probe of it from finding the target good (a blackhole and a check that only connects). */
  readonly unharmedBy?: readonly Fault["kind"][];
  /** What its keys may refer to; none of the values may ever be seen. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Parts of the context that its probes need besides the usual. */
  readonly context?: Partial<ProbeContext>;
}

const MAX_REASON_BYTES = 1_000;

/** A context with the subject's secrets and this time limit. */
export function contextOf<Spec>(subject: CheckTypeSubject<Spec>, timeoutMs?: number): ProbeContext {
  return probeContext({
    secrets: secretsFrom(subject.secrets ?? {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...subject.context,
  });
}

/** What holds for every reading, whatever was probed. */
export function expectSoundReadings<Spec>(
  { type, secrets = {} }: CheckTypeSubject<Spec>,
  readings: readonly Reading[],
): void {
  expect(readings.length).toBeGreaterThan(0);
  const subjects = readings.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  for (const { outcome, reason, fields } of readings) {
    if (outcome !== "good") expect(reason).toEqual(expect.stringMatching(/\S/));
    expect(reason ?? "").not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(Buffer.byteLength(reason ?? "")).toBeLessThanOrEqual(MAX_REASON_BYTES);
    expect(Object.keys(fields).filter((name) => !(name in type.fields))).toEqual([]);
  }
  const shown = JSON.stringify(readings);
  expect(Object.values(secrets).filter((value) => shown.includes(value))).toEqual([]);
}
