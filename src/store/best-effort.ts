/**
 * The store as the page path uses it: an answer within a budget or none. What is not written in time is counted as lost, never
 * queued; a store that is away is not asked again for a few seconds.
 */

import { errorText } from "../lib/error-code.js";
import type { Clock } from "../lib/clock.js";
import { isStoreAway } from "./store-error.js";
import type { Store, StoredReading } from "./store.js";

export interface StoreAway {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly reason: string;
}

export type Asked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export interface BestEffortStore<S> {
  /** Never rejects, never takes longer than the budget. What is `lost` may be there all the same, when only the answer was late. */
  recordReadings(readings: readonly StoredReading[]): Promise<"recorded" | "lost">;
  /** Asks anything, within the same budget; the reason when there is no answer. Never rejects. */
  ask<T>(question: (store: S) => Promise<T>): Promise<Asked<T>>;
  /** Readings lost since the start; only grows. */
  lostReadings(): number;
  /** Since when and why the store is taken to be away; undefined while it answers. */
  away(): StoreAway | undefined;
}

export interface BudgetOptions {
  readonly clock: Clock;
  /** Told when the store goes away and when it is back. */
  readonly log?: (line: string) => void;
  /** 300 by default. */
  readonly budgetMs?: number;
  /** How long a store that is away is left alone; 3 s by default. */
  readonly retryAfterMs?: number;
}

/** A single late answer may be a checkpoint; this many in a row are a store that is away. */
const LATE_ANSWERS_IN_A_ROW = 3;

const LATE = Symbol("late");

function after(ms: number): { readonly late: Promise<typeof LATE>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), ms);
  });
  return { late, cancel: () => clearTimeout(timer) };
}

/** Open while the store is away; then one question at a time finds out whether it is back. */
class Circuit {
  readonly #options: BudgetOptions;
  #away: StoreAway | undefined;
  #tryAgainAt = 0;
  #trying = false;
  #lateInARow = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  get away(): StoreAway | undefined {
    return this.#away;
  }

  /** Why nothing may be asked now; undefined when it may, and then `answered`, `late` or `failed` must follow. */
  refusal(): string | undefined {
    if (this.#away === undefined) return undefined;
    if (this.#trying || this.#options.clock.monotonic() < this.#tryAgainAt) return this.#away.reason;
    this.#trying = true;
    return undefined;
  }

  answered(): void {
    this.#trying = false;
    this.#lateInARow = 0;
    if (this.#away === undefined) return;
    const seconds = Math.round((this.#options.clock.now() - this.#away.since) / 1000);
    this.#away = undefined;
    this.#options.log?.(`the store is back after ${seconds} s`);
  }

  late(reason: string): void {
    this.#lateInARow += 1;
    if (this.#away !== undefined || this.#lateInARow >= LATE_ANSWERS_IN_A_ROW) this.failed(reason);
  }

  failed(reason: string): void {
    this.#trying = false;
    this.#tryAgainAt = this.#options.clock.monotonic() + (this.#options.retryAfterMs ?? 3_000);
    if (this.#away !== undefined) return;
    this.#away = { since: this.#options.clock.now(), reason };
    this.#options.log?.(`the store is away: ${reason}`);
  }
}

/** Races one question against the budget and tells the circuit how it went. */
async function within<T>(circuit: Circuit, budgetMs: number, question: () => Promise<T>): Promise<Asked<T>> {
  const refusal = circuit.refusal();
  if (refusal !== undefined) return { ok: false, reason: refusal };
  const timer = after(budgetMs);
  try {
    const value = await Promise.race([question(), timer.late]);
    if (value !== LATE) {
      circuit.answered();
      return { ok: true, value };
    }
    const reason = `the store did not answer within ${budgetMs} ms`;
    circuit.late(reason);
    return { ok: false, reason };
  } catch (error) {
    // A store that refuses is there.
    if (isStoreAway(error)) circuit.failed(errorText(error));
    else circuit.answered();
    return { ok: false, reason: errorText(error) };
  } finally {
    timer.cancel();
  }
}

/** Puts a budget on a store. One wrapper per process: it holds the count of lost readings and what is known of the store. */
export function withinBudget<S extends Pick<Store, "recordReadings">>(
  store: S,
  options: BudgetOptions,
): BestEffortStore<S> {
  const budgetMs = options.budgetMs ?? 300;
  const circuit = new Circuit(options);
  let lost = 0;
  return {
    recordReadings: async (readings) => {
      const asked = await within(circuit, budgetMs, () => store.recordReadings(readings));
      if (!asked.ok) lost += readings.length;
      return asked.ok ? "recorded" : "lost";
    },
    ask: (question) => within(circuit, budgetMs, () => question(store)),
    lostReadings: () => lost,
    away: () => circuit.away,
  };
}
