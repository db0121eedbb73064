/** What the listener needs from the world. */

import type { Plan } from "../domain/plan.js";
import type { Clock } from "../lib/clock.js";
import type { NewAlert, NewPing } from "../store/incoming.js";
import type { Store } from "../store/store.js";
import type { Sources } from "../views/sources.js";
import type { Intake } from "./intake.js";
import type { Keyring } from "./keyring.js";
import type { ServeMetrics } from "./serve-metrics-page.js";

export interface ApiDependencies {
  readonly clock: Clock;
  readonly store: Store;
  readonly sources: Sources;
  readonly keyring: Keyring;
  readonly pings: Intake<NewPing>;
  readonly alerts: Intake<NewAlert>;
  readonly metrics: ServeMetrics;
  readonly currentPlan: () => Promise<Plan | undefined>;
  /** Rejects when Temporal does not answer. */
  readonly pingTemporal: () => Promise<void>;
  readonly log: (line: string) => void;
}
