/** What a test puts in the place of activities. */

import { CancelledFailure } from "@temporalio/common";
import type { VirtualClock } from "./virtual-clock.js";

/** Returned by a stand-in: the attempt heartbeats for ever and never returns, so only start-to-close or schedule-to-close ends it. */
export const hangs: unique symbol = Symbol("hangs");
/** Returned by a stand-in: its worker died, so the heartbeat timeout (else start-to-close) ends the attempt. */
export const workerLost: unique symbol = Symbol("worker lost");

/**
 * One attempt: gets the activity's first argument and returns its result, a promise of it, {@link hangs} or {@link workerLost}. What
 * it throws fails the attempt. A promise must depend on nothing but the test and `ctx`, else virtual time does not wait for it.
 */
export type StandIn = (input: never, ctx: StandInContext) => unknown;
export type StandIns = Readonly<Record<string, StandIn>>;
/** How long an attempt takes, in virtual milliseconds; 0 when not given. */
export type Latencies = Readonly<Record<string, number | ((input: never, ctx: StandInContext) => number)>>;

/** One attempt as its stand-in sees it. */
export interface StandInContext {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly workflowId: string;
  readonly activityId: string;
  readonly taskQueue: string;
  readonly summary: string | undefined;
  /** Counts from 1. */
  readonly attempt: number;
  readonly now: () => number;
  /** Aborted when the workflow asks for cancellation (heartbeating activities only) or has closed. */
  readonly signal: AbortSignal;
  /** What the attempt before left with {@link StandInContext.heartbeat}. */
  readonly heartbeatDetails: unknown;
  readonly heartbeat: (details: unknown) => void;
  /** Waits in virtual time; rejects with `CancelledFailure` when cancelled. `Infinity` waits for cancellation. */
  readonly sleep: (ms: number) => Promise<void>;
}

export function virtualSleep(clock: VirtualClock, signal: AbortSignal): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve, reject) => {
      const cancel = (): void => {
        takeBack();
        reject(signal.reason instanceof Error ? signal.reason : new CancelledFailure("CANCELLED"));
      };
      const takeBack = clock.plan(clock.now() + ms, () => {
        signal.removeEventListener("abort", cancel);
        resolve();
      });
      if (signal.aborted) cancel();
      else signal.addEventListener("abort", cancel, { once: true });
    });
}
