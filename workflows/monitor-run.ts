/** What a monitor workflow is started with, and what one run of it works with. */

import type { RevisionId } from "../src/domain/ids.js";
import type { PackedMonitor } from "../src/domain/monitor-pack.js";
import type { MonitorPlan } from "../src/domain/monitor-plan.js";
import type { MonitorState } from "../src/domain/monitor-state.js";
import type { Flights } from "./flights.js";
import type { HistoryLimits } from "./history-budget.js";
import type { Prefix } from "./names.js";
import type { Recorder, RecorderState } from "./recorder.js";
import type { Refused } from "./refusals.js";

export interface MonitorInput {
  readonly prefix: Prefix;
  readonly system: string;
  readonly shard: number;
  /** Absent: the one applied last. */
  readonly revision?: RevisionId;
  readonly limits?: HistoryLimits;
  /** Carried over continue-as-new. */
  readonly state?: PackedMonitor;
  readonly rows?: RecorderState;
  /** Carried over continue-as-new: asked for, and not read yet. */
  readonly wanted?: readonly WantedRevision[];
  readonly refused?: Refused;
}

/** A configuration to take; without a revision the one applied last. */
export interface WantedRevision {
  readonly revision?: RevisionId;
}

/** What one run of a monitor works with. */
export interface MonitorRun {
  readonly input: MonitorInput;
  readonly flights: Flights;
  readonly rows: Recorder;
  state: MonitorState;
  /** Undefined until the first one has been read: nothing is swept or decided before. */
  plan: MonitorPlan | undefined;
  /** To be taken one after the other. */
  wanted: readonly WantedRevision[];
  /** The last that was sent by signal and could not be taken. */
  refused: Refused | undefined;
}

/** A run that has its plan. */
export interface PlannedRun extends MonitorRun {
  plan: MonitorPlan;
}

export function isPlanned(run: MonitorRun): run is PlannedRun {
  return run.plan !== undefined;
}
