/** What a monitor workflow is started with, and what one run of it works with. */

import type { RevisionId } from "../src/domain/ids.js";
import type { MonitorPlan } from "../src/domain/monitor-plan.js";
import type { MonitorState } from "../src/domain/monitor-state.js";
import type { Flights } from "./flights.js";
import type { HistoryLimits } from "./history-budget.js";
import type { Prefix } from "./names.js";
import type { Recorder, RecorderState } from "./recorder.js";

export interface MonitorInput {
  readonly prefix: Prefix;
  readonly system: string;
  readonly shard: number;
  /** Absent: the one applied last. */
  readonly revision?: RevisionId;
  readonly limits?: HistoryLimits;
  /** Carried over continue-as-new. */
  readonly state?: MonitorState;
  readonly rows?: RecorderState;
}

/** What one run of a monitor works with. */
export interface MonitorRun {
  readonly input: MonitorInput;
  readonly flights: Flights;
  readonly rows: Recorder;
  state: MonitorState;
  plan: MonitorPlan;
  /** Nothing new is launched: the run is about to continue as new or to end. */
  draining: boolean;
}
