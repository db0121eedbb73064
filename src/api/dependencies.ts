/** What the listener needs from the world. */

import type { Plan } from "../domain/plan.js";
import type { Clock } from "../lib/clock.js";
import type { Store } from "../store/store.js";

export interface ApiDependencies {
  readonly clock: Clock;
  readonly store: Pick<Store, "ping" | "lastReadings">;
  readonly currentPlan: () => Promise<Plan | undefined>;
  /** Rejects when Temporal does not answer. */
  readonly pingTemporal: () => Promise<void>;
}
