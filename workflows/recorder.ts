/**
 * The way from a workflow to the store: rows wait here, go in batches, and are tried again until the store has them. Nothing
 * waits for it; what finds no room is counted, oldest first.
 */

import type { AlertTransition, DeliveryRecord, IncidentEvent, StoryBatch } from "../src/domain/story.js";
import { singleAttemptActivities } from "./activity-options.js";
import type { Flights } from "./flights.js";
import type { Prefix } from "./names.js";

/** The key of its flight. */
export const RECORD = "record";
const BATCH = 200;
/** Rows held while the store is away. */
const ROOM = 2_000;
/** Rows carried over continue-as-new, newest first: the carried state has to stay small. */
export const CARRIED_ROWS = 400;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

export type Row =
  | { readonly table: "transitions"; readonly row: AlertTransition }
  | { readonly table: "incidentEvents"; readonly row: IncidentEvent }
  | { readonly table: "deliveries"; readonly row: DeliveryRecord };

/** What is carried over continue-as-new. */
export interface RecorderState {
  readonly waiting: readonly Row[];
  readonly seq: number;
  readonly dropped: number;
}

export interface Recorder {
  /** A number that grows over runs and restarts of this workflow id: the row's idempotency key. */
  nextSeq(): number;
  add(row: Row): void;
  /** Sends a batch when one is waiting, none is under way, and the time for another try has come. */
  launch(flights: Flights): void;
  /** When to try again; undefined while nothing waits for time. */
  due(): number | undefined;
  count(): number;
  state(): RecorderState;
}

export function recorder(prefix: Prefix, from: RecorderState | undefined): Recorder {
  let waiting: readonly Row[] = from?.waiting ?? [];
  let seq = from?.seq ?? 0;
  let dropped = from?.dropped ?? 0;
  let failures = 0;
  let retryAt = 0;

  function send(flights: Flights): void {
    const batch = waiting.slice(0, BATCH);
    flights.launch(
      RECORD,
      () => singleAttemptActivities(prefix, `record ${batch.length} rows`).record(batchOf(batch)),
      () => {
        waiting = waiting.filter((row) => !batch.includes(row));
        failures = 0;
        retryAt = 0;
      },
      () => {
        retryAt = Date.now() + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
        failures += 1;
      },
    );
  }

  return {
    nextSeq() {
      // Workflow time keeps it growing for a workflow that was terminated and begins anew.
      seq = Math.max(seq + 1, Date.now());
      return seq;
    },
    add(row) {
      waiting = [...waiting, row];
      if (waiting.length > ROOM) {
        dropped += waiting.length - ROOM;
        waiting = waiting.slice(-ROOM);
      }
    },
    launch(flights) {
      if (waiting.length > 0 && !flights.isAloft(RECORD) && Date.now() >= retryAt) send(flights);
    },
    // A time that has passed wakes nobody: the batch is under way or goes with the loop's next turn.
    due: () => (waiting.length > 0 && retryAt > Date.now() ? retryAt : undefined),
    count: () => waiting.length,
    state: () => ({
      waiting: waiting.slice(-CARRIED_ROWS),
      seq,
      dropped: dropped + Math.max(0, waiting.length - CARRIED_ROWS),
    }),
  };
}

function batchOf(rows: readonly Row[]): StoryBatch {
  return {
    transitions: rows.flatMap((each) => (each.table === "transitions" ? [each.row] : [])),
    incidentEvents: rows.flatMap((each) => (each.table === "incidentEvents" ? [each.row] : [])),
    deliveries: rows.flatMap((each) => (each.table === "deliveries" ? [each.row] : [])),
  };
}
