/** Time as ports take it, so that tests can hold it still. */

export interface Clock {
  /** Wall clock, epoch milliseconds. Never compared with another machine's. */
  now(): number;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
