/** What is known of a job that pings: its last words, and the times at which we could have heard it. Pure. */

/** `start`: it runs. `ok` and `fail`: it has ended. */
export type PingKind = "start" | "ok" | "fail";

/** Epoch milliseconds, by the store's clock; `to` does not belong to it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly kind: Exclude<PingKind, "start">;
  readonly at: number;
  readonly exitCode?: number;
  /** From the start that belongs to it; absent when none was told. */
  readonly durationMs?: number;
  readonly body?: string;
}

/** Every time is of the store's clock. */
export interface Heartbeat {
  readonly now: number;
  /** Since when somebody looks: a ping cannot be missed before. */
  readonly since: number;
  readonly lastEnd?: RunEnd;
  /** Set while it runs: a start that no end has followed. */
  readonly startedAt?: number;
  /** When a receiver was there, apart and in order; from the last end, or `since`, to now. */
  readonly receiverUp: readonly Stretch[];
}

/** Milliseconds within `stretch` in which a receiver was there to hear a ping. */
export function heardMs(receiverUp: readonly Stretch[], { from, to }: Stretch): number {
  return receiverUp.reduce((sum, up) => sum + Math.max(0, Math.min(up.to, to) - Math.max(up.from, from)), 0);
}
