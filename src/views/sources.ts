/** Where views read: what runs, what was stored, what was applied. Each is reached only when it is asked for. */

import type { PlanSource } from "../store/plan-source.js";
import type { Store } from "../store/store.js";
import type { Operations } from "../temporal/operations.js";

export interface Sources {
  /** Rejects with TMP-001 or TMP-002. */
  operations(): Promise<Operations>;
  /** Undefined when no store is configured. Whether it answers is found out by asking it. */
  store(): Promise<Store | undefined>;
  /** What has been applied: from the store, else from this machine's copy. */
  plans(): Promise<PlanSource>;
}
