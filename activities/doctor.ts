/** Tocsin examines itself: every finding names what is wrong and what to do, and one part that does not answer never hides another. */

import type { DoctorReport } from "../src/domain/doctor-report.js";

export type Finding = DoctorReport["findings"][number];

/** One question; what it rejects with becomes a failing finding of its name. */
export interface Examination {
  readonly name: string;
  readonly examine: () => Promise<readonly Omit<Finding, "name">[]>;
}

/** Asks all of them at once. `ok` unless one fails. */
export async function examineAll(examinations: readonly Examination[]): Promise<DoctorReport> {
  const findings = await Promise.all(examinations.map(findingsOf));
  const all = findings.flat();
  return { ok: all.every(({ status }) => status !== "fail"), findings: all };
}

async function findingsOf({ name, examine }: Examination): Promise<readonly Finding[]> {
  try {
    return (await examine()).map((finding) => ({ name, ...finding }));
  } catch (error) {
    return [{ name, status: "fail", message: error instanceof Error ? error.message : String(error) }];
  }
}

export function pass(message: string): Omit<Finding, "name"> {
  return { status: "pass", message };
}

export function warn(message: string): Omit<Finding, "name"> {
  return { status: "warn", message };
}

export function fail(message: string): Omit<Finding, "name"> {
  return { status: "fail", message };
}
