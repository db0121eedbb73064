/** When a run has become long enough to continue as new: a history is a recovery time, so it is kept short. */

import { workflowInfo } from "@temporalio/workflow";

/** A run may be given other limits for tests. */
export interface HistoryLimits {
  readonly events: number;
  readonly bytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = { events: 500, bytes: 2_000_000 };
/** Rows that the store has not taken put it off, but not beyond this multiple. */
const PATIENCE = 6;

/** True when nothing new should be launched: drain and continue as new. */
export function isHistoryFull(limits: HistoryLimits, rowsTooMany: boolean): boolean {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  const factor = rowsTooMany ? PATIENCE : 1;
  return (
    continueAsNewSuggested || historyLength >= limits.events * factor || historySize >= limits.bytes * factor
  );
}
