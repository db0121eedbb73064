/** Time that moves only when a test moves it: what is due runs in order of its time, then of its planning. */

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export class VirtualClock {
  #now: number;
  #planned = 0;
  readonly #entries = new Set<Entry>();

  /** `startAt` in epoch milliseconds. */
  constructor(startAt: number) {
    this.#now = startAt;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Plans `run` for `at` (never earlier than now); returns what takes it back. */
  plan(at: number, run: () => void): () => void {
    if (at === Infinity) return () => undefined;
    const entry: Entry = { at: Math.max(at, this.#now), order: this.#planned++, run };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  /** When the next planned thing is due; undefined when nothing is. */
  nextAt(): number | undefined {
    return this.#first()?.at;
  }

  /** Moves to `at` and runs what is due exactly there, or only the first of it. */
  runDue(at: number, onlyFirst = false): void {
    this.moveTo(at);
    for (let entry = this.#first(); entry?.at === at; entry = this.#first()) {
      this.#entries.delete(entry);
      entry.run();
      if (onlyFirst) return;
    }
  }

  moveTo(at: number): void {
    if (at < this.#now) throw new RangeError(`virtual time does not run backwards: ${at} < ${this.#now}`);
    this.#now = at;
  }

  #first(): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#entries) {
      if (
        first === undefined ||
        entry.at < first.at ||
        (entry.at === first.at && entry.order < first.order)
      ) {
        first = entry;
      }
    }
    return first;
  }
}
