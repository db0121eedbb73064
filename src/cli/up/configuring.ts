/** The seam between `up` and everything that knows configurations: reading one, keeping it, handing it to the monitors. */

import type { ServiceId } from "../../domain/ids.js";
import type { Whereabouts } from "./installation-facts.js";

/** A configuration that the monitors were told to run. */
export interface Applied {
  readonly revision: string;
  /** How many checks it asks for; with none, no sweep will ever run. */
  readonly checks: number;
  /** Epoch milliseconds. */
  readonly appliedAt: number;
  /** One that it watches, for examples; absent when it watches nothing. */
  readonly service?: ServiceId;
}

export interface Configuring {
  /** Makes the store ready for what comes: its schema. */
  prepare(where: Whereabouts): Promise<void>;
  /** Reads a file, keeps it as the current revision and hands it to the monitors. Rejects with CFG-… when the file is broken: nothing changed then. */
  apply(file: string, where: Whereabouts): Promise<Applied>;
  /** Hands the revision applied last to the monitors once more; undefined when none ever was. */
  resume(where: Whereabouts): Promise<Applied | undefined>;
}
