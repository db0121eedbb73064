/** Alerts that others posted to us. */

import type { CheckId } from "./ids.js";
import type { Severity } from "./severity.js";

export interface InboxAlert {
  readonly check: CheckId;
  /** What makes two posts one alert. */
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  /** Posts since it began. */
  readonly count: number;
  /** Epoch milliseconds, by the store's clock, as all that follow. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** When it is over unless it is posted again. */
  readonly endsAt: number;
  /** Set once it is over: because somebody said so, or its time was up. */
  readonly overSince?: number;
  readonly source?: string;
}
