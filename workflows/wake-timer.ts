/** One durable timer for the earliest thing to come: it is started anew only when that changes, so a sweep costs one timer. */

import { CancellationScope, isCancellation, sleep } from "@temporalio/workflow";

/** A summary is shown in the Temporal UI; the server refuses more than 400 bytes. */
const MAX_SUMMARY = 120;

export interface WakeTimer {
  /** Rings at `at` (epoch ms of workflow time), or never. */
  arm(at: number | undefined, summary: string): void;
  /** Whether it has rung since it was armed. */
  rung(): boolean;
  cancel(): void;
}

export function wakeTimer(): WakeTimer {
  let armed: { readonly at: number; readonly scope: CancellationScope } | undefined;
  let hasRung = false;

  function cancel(): void {
    armed?.scope.cancel();
    armed = undefined;
    hasRung = false;
  }

  function arm(at: number | undefined, summary: string): void {
    if (at !== undefined && armed?.at === at && !hasRung) return;
    cancel();
    if (at === undefined) return;
    const scope = new CancellationScope();
    armed = { at, scope };
    void scope
      .run(() => sleep(Math.max(1, at - Date.now()), { summary: summary.slice(0, MAX_SUMMARY) }))
      .then(
        () => {
          if (armed?.scope === scope) hasRung = true;
        },
        (error: unknown) => {
          if (!isCancellation(error)) throw error;
        },
      );
  }

  return { arm, rung: () => hasRung, cancel };
}
