/**
 * Takes what comes from outside into the store: whoever sent it hears so only once it is on disk. What cannot be taken is refused
 * and counted, never dropped.
 */

import { TocsinError } from "../errors.js";
import type { BatchLimits } from "../lib/batches.js";
import { Batches, TooMuchWaits } from "../lib/batches.js";
import { errorText } from "../lib/error-code.js";

export interface Intake<Item> {
  /** Resolves once it is stored. Rejects with API-007 when it was not taken, so that it may be sent again. */
  take(item: Item): Promise<void>;
  readonly counts: IntakeCounts;
  settled(): Promise<void>;
}

/** Since the start; they only grow. */
export interface IntakeCounts {
  readonly taken: number;
  readonly refused: number;
}

export interface IntakeOptions<Item> {
  /** For people: `pings`. */
  readonly what: string;
  readonly write: (items: readonly Item[]) => Promise<void>;
  readonly bytesOf: (item: Item) => number;
  readonly log: (line: string) => void;
  readonly limits?: BatchLimits;
}

const LIMITS: BatchLimits = { batch: 500, waiting: 2_000, weight: 3 * 1024 * 1024 };
/** A refusal a second is one line in this time, not ten. */
const SAY_EVERY_MS = 10_000;

export function createIntake<Item>({
  what,
  write,
  bytesOf,
  log,
  limits = LIMITS,
}: IntakeOptions<Item>): Intake<Item> {
  const batches = new Batches(write, limits);
  const counts = { taken: 0, refused: 0 };
  let saidAt = -Infinity;
  const refuse = (error: unknown): TocsinError => {
    counts.refused += 1;
    const reason = error instanceof TooMuchWaits ? "the store does not keep up" : errorText(error);
    const now = performance.now();
    if (now - saidAt >= SAY_EVERY_MS) {
      saidAt = now;
      log(`${what} are refused (${counts.refused} so far): ${reason}`);
    }
    return new TocsinError("API-007", `${what} cannot be stored now`, { cause: error });
  };
  return {
    counts,
    settled: () => batches.settled(),
    take: async (item) => {
      try {
        await batches.add(item, bytesOf(item));
        counts.taken += 1;
      } catch (error) {
        throw refuse(error);
      }
    },
  };
}
