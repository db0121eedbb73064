/** The three severities, and how they compare. */

export const SEVERITIES = ["critical", "warning", "info"] as const;
/** `critical`: page now. `warning`: a human must act, in hours. `info`: shown, never sent. */
export type Severity = (typeof SEVERITIES)[number];

/** 2 for critical, 1 for warning, 0 for info. */
export function severityRank(severity: Severity): number {
  return SEVERITIES.length - 1 - SEVERITIES.indexOf(severity);
}

/** The highest of the given severities; undefined for none. */
export function highestSeverity(severities: Iterable<Severity>): Severity | undefined {
  let highest: Severity | undefined;
  for (const severity of severities) {
    if (highest === undefined || severityRank(severity) > severityRank(highest)) highest = severity;
  }
  return highest;
}
