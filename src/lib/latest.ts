/** One answer for all who ask at about the same time: the question is asked once at a time, and nobody waits long for it. */

import type { Clock } from "./clock.js";
import { inTime, LATE } from "./in-time.js";

export type Latest<T> =
  /** `ageMs` since it was asked for; `tookMs` until the answer was there. */
  | { readonly state: "known"; readonly value: T; readonly ageMs: number; readonly tookMs: number }
  /** It has not come yet; it is kept when it comes. */
  | { readonly state: "late" }
  | { readonly state: "failed"; readonly error: unknown };

export interface LatestOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** For how long an answer is given again. */
  readonly freshMs: number;
  /** How long whoever asks waits. */
  readonly patienceMs: number;
}

export function latest<T>(
  ask: () => Promise<T>,
  { clock, freshMs, patienceMs }: LatestOptions,
): () => Promise<Latest<T>> {
  let kept: { readonly value: T; readonly askedAt: number; readonly tookMs: number } | undefined;
  let asking: Promise<Latest<T>> | undefined;
  const askNow = async (): Promise<Latest<T>> => {
    const askedAt = clock.monotonic();
    try {
      const value = await ask();
      const tookMs = clock.monotonic() - askedAt;
      kept = { value, askedAt, tookMs };
      return { state: "known", value, tookMs, ageMs: tookMs };
    } catch (error) {
      return { state: "failed", error };
    } finally {
      asking = undefined;
    }
  };
  return async () => {
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - kept.askedAt;
    if (kept !== undefined && ageMs < freshMs)
      return { state: "known", value: kept.value, tookMs: kept.tookMs, ageMs };
    const answer = await inTime((asking ??= askNow()), patienceMs);
    return answer === LATE ? { state: "late" } : answer;
  };
}
