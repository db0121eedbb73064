/**
 * Rates out of counters that a server keeps: what each counter was when it was last read here, and when. The difference is the server's,
 * so several workers that take turns each get a rate of their own that is right over a longer gap. Lost with the process; then the
 * first reading has no rate.
 */

interface Sample {
  readonly value: number;
  /** Of a clock that never jumps. */
  readonly atMs: number;
}

/** More counters than one worker reads; the one read longest ago goes first. */
const MAX_COUNTERS = 10_000;
/** A rate over a longer gap says nothing of now. */
const MAX_GAP_MS = 3_600_000;

export class CounterMemory {
  readonly #samples = new Map<string, Sample>();

  /** Per second since the counter `id` was last read; undefined at first, after a reset and after a long gap. */
  rate(id: string, value: number, atMs: number): number | undefined {
    const last = this.#samples.get(id);
    this.#samples.delete(id);
    this.#samples.set(id, { value, atMs });
    const oldest = this.#samples.size > MAX_COUNTERS ? this.#samples.keys().next().value : undefined;
    if (oldest !== undefined) this.#samples.delete(oldest);
    if (last === undefined || value < last.value) return undefined;
    const gapMs = atMs - last.atMs;
    return gapMs > 0 && gapMs <= MAX_GAP_MS ? ((value - last.value) / gapMs) * 1_000 : undefined;
  }
}
