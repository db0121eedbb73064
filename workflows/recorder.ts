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
/** What rows may weigh over continue-as-new, as JSON, newest first: the carried state has to stay small. */
const CARRIED_BYTES = 60_000;
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
  /** Rows that found no room, and are lost. */
  dropped(): number;
  /** More waits than is carried over continue-as-new. */
  isHeavy(): boolean;
  state(): RecorderState;
}

interface Weighed {
  readonly row: Row;
  readonly bytes: number;
}

export function recorder(prefix: Prefix, from: RecorderState | undefined): Recorder {
  let waiting: readonly Weighed[] = (from?.waiting ?? []).map(weighed);
  let seq = from?.seq ?? 0;
  let dropped = from?.dropped ?? 0;
  let failures = 0;
  let retryAt = 0;

  function send(flights: Flights): void {
    const batch = waiting.slice(0, BATCH);
    flights.launch(
      RECORD,
      () =>
        singleAttemptActivities(
          prefix,
          `record ${batch.length} ${batch.length === 1 ? "row" : "rows"}`,
        ).record(batchOf(batch.map(({ row }) => row))),
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
      waiting = [...waiting, weighed(row)];
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
    dropped: () => dropped,
    isHeavy: () => carried(waiting).length < waiting.length,
    state: () => {
      const kept = carried(waiting);
      return { waiting: kept.map(({ row }) => row), seq, dropped: dropped + waiting.length - kept.length };
    },
  };
}

function weighed(row: Row): Weighed {
  return { row, bytes: JSON.stringify(row).length };
}

/** The newest rows that fit. */
function carried(waiting: readonly Weighed[]): readonly Weighed[] {
  let bytes = 0;
  let first = waiting.length;
  for (; first > 0; first -= 1) {
    bytes += waiting[first - 1]?.bytes ?? 0;
    if (bytes > CARRIED_BYTES) break;
  }
  return waiting.slice(first);
}

function batchOf(rows: readonly Row[]): StoryBatch {
  return {
    transitions: rows.flatMap((each) => (each.table === "transitions" ? [each.row] : [])),
    incidentEvents: rows.flatMap((each) => (each.table === "incidentEvents" ? [each.row] : [])),
    deliveries: rows.flatMap((each) => (each.table === "deliveries" ? [each.row] : [])),
  };
}
