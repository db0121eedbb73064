/** When a run has become long enough to continue as new: a history is a recovery time, so it is kept short. */

import { workflowInfo } from "@temporalio/workflow";

/** A run may be given other limits for tests. */
export interface HistoryLimits {
  readonly events: number;
  readonly bytes: number;
}

export const HISTORY_LIMITS: HistoryLimits = { events: 500, bytes: 1_800_000 };
/** Beyond this share of the limits nobody waits for a moment in which nothing is under way. */
const HURRY = 1.1;
/** Rows that the store has not taken put it off, but not beyond this multiple. */
const PATIENCE = 6;

/**
 * `full`: continue as new in the next moment in which nothing is under way; until then everything goes on. `overfull`: make that
 * moment. Lanes do not wait for each other this way, not even for one whose sweeps never come back.
 */
export type Fullness = "roomy" | "full" | "overfull";

export function fullnessOf(limits: HistoryLimits, rowsTooMany: boolean): Fullness {
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  const factor = rowsTooMany ? PATIENCE : 1;
  const share = Math.max(historyLength / limits.events, historySize / limits.bytes) / factor;
  if (share >= HURRY) return "overfull";
  return continueAsNewSuggested || share >= 1 ? "full" : "roomy";
}
