/** What an incident workflow is started with, and what one run of it works with. */

import type { ServiceId } from "../src/domain/ids.js";
import type { IncidentState } from "../src/domain/incident-state.js";
import type { Flights } from "./flights.js";
import type { HistoryLimits } from "./history-budget.js";
import type { Prefix } from "./names.js";
import type { ReaderNotes } from "./reader-notes.js";
import type { Recorder, RecorderState } from "./recorder.js";

export interface IncidentInput {
  readonly prefix: Prefix;
  readonly service: ServiceId;
  readonly limits?: HistoryLimits;
  /** Carried over continue-as-new. */
  readonly state?: IncidentState;
  readonly rows?: RecorderState;
  readonly searchAttributes?: boolean;
  readonly timeline?: readonly TimelineEntry[];
  readonly readerNotes?: ReaderNotes;
}

/** One line of what happened, newest last; the whole log is the store's. */
export interface TimelineEntry {
  readonly at: number;
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
}

export interface IncidentRun {
  readonly input: IncidentInput;
  readonly flights: Flights;
  readonly rows: Recorder;
  state: IncidentState;
  timeline: readonly TimelineEntry[];
  searchAttributes: boolean;
  readerNotes: ReaderNotes;
}
