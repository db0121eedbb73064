/** Colours by meaning, so that one word looks the same in every table. */

import pc from "picocolors";

import type { Severity } from "../../domain/severity.js";

export type Paint = (text: string) => string;

export interface Palette {
  readonly bad: Paint;
  readonly warn: Paint;
  readonly good: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
}

export function palette(enabled: boolean): Palette {
  const { red, yellow, green, dim, bold } = pc.createColors(enabled);
  return { bad: red, warn: yellow, good: green, dim, bold };
}

/** How an alert's or incident's state word is painted. */
export function statePaint(state: string, colors: Palette): Paint {
  if (/^(firing|open|blind|fail|bad|dead|away|absent)/.test(state)) return colors.bad;
  if (/^(pending|recovering|unknown|paused|warn|degraded|acknowledged|ended|no worker)/.test(state))
    return colors.warn;
  if (/^(good|pass|running|accepted)/.test(state)) return colors.good;
  return plain;
}

export function severityPaint(severity: Severity | undefined, colors: Palette): Paint {
  switch (severity) {
    case "critical":
      return colors.bad;
    case "warning":
      return colors.warn;
    case "info":
    case undefined:
      return plain;
  }
}

export function plain(text: string): string {
  return text;
}
