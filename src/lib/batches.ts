/** Many small writes as few large ones: what comes while one batch is written waits for the next, and only so much may wait. */

export interface BatchLimits {
  /** Items in one batch. */
  readonly batch: number;
  /** Items that may wait. */
  readonly waiting: number;
  /** What waits, by the weight that is given with each. */
  readonly weight: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly weight: number;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Nothing was taken: too much waits. */
export class TooMuchWaits extends Error {
  override readonly name = "TooMuchWaits";
}

export class Batches<Item> {
  #waiting: Waiting<Item>[] = [];
  #weight = 0;
  #writing: Promise<void> | undefined;

  constructor(
    private readonly write: (items: readonly Item[]) => Promise<void>,
    private readonly limits: BatchLimits,
  ) {}

  /** Resolves when the batch with it is written, rejects as that does, or at once with `TooMuchWaits`. */
  add(item: Item, weight: number): Promise<void> {
    if (this.#waiting.length >= this.limits.waiting || this.#weight + weight > this.limits.weight) {
      return Promise.reject(new TooMuchWaits(`${this.#waiting.length} already wait`));
    }
    return new Promise((done, failed) => {
      this.#waiting.push({ item, weight, done, failed });
      this.#weight += weight;
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn belongs together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.limits.batch);
      for (const { weight } of batch) this.#weight -= weight;
      try {
        await this.write(batch.map(({ item }) => item));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }
}
