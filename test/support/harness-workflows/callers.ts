/** Activities that fail, time out and are cancelled. */

import {
  ActivityFailure,
  CancellationScope,
  proxyActivities,
  sleep,
  isCancellation,
  type ActivityCancellationType,
  type ActivityOptions,
} from "@temporalio/workflow";

interface Activities {
  tell(input: { readonly text: string }): Promise<string>;
}

function describe(error: unknown): string {
  if (isCancellation(error)) return "cancelled";
  if (!(error instanceof ActivityFailure)) return String(error);
  return `${error.retryState ?? "?"}: ${error.cause?.name ?? "?"}: ${error.cause?.message ?? "?"}`;
}

/** Calls one activity with the given options; returns its result, or what failed and why. */
export async function caller(options: ActivityOptions): Promise<string> {
  const { tell } = proxyActivities<Activities>(options);
  try {
    return await tell({ text: "hello" });
  } catch (error) {
    return describe(error);
  }
}

/** Cancels its activity after `patienceMs` (0: at once) and says when it heard of the end and which end it was. */
export async function impatient(input: {
  readonly patienceMs: number;
  readonly type: ActivityCancellationType;
}): Promise<string> {
  const { tell } = proxyActivities<Activities>({
    startToCloseTimeout: 60_000,
    heartbeatTimeout: 5_000,
    cancellationType: input.type,
    retry: { maximumAttempts: 1 },
  });
  const began = Date.now();
  const scope = new CancellationScope();
  const told = scope.run(() => tell({ text: "hello" })).catch(describe);
  if (input.patienceMs > 0) await sleep(input.patienceMs);
  scope.cancel();
  const end = await told;
  return `${end} after ${String(Date.now() - began)}`;
}
