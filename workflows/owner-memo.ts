/** The owner in the memo of a monitor, which outlives the configuration it was started with. */

import { upsertMemo, workflowInfo } from "@temporalio/workflow";

/** Writes it when it differs from what the server has, which is carried over continue-as-new. */
export function writeOwner(owner: string | undefined): void {
  if (owner === undefined || workflowInfo().memo?.owner === owner) return;
  upsertMemo({ owner });
}
