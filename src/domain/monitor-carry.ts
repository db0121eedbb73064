/**
 * What a monitor takes along over continue-as-new, kept small: where its alerts say too much, their reasons are cut. The next sweep
 * brings them in full again, because the monitor does not know them any more. Pure.
 */

import type { AlertRecord } from "./alert-state.js";
import type { MonitorState } from "./monitor-state.js";
import { cutReason } from "./sweep.js";

/** 500 alerts with their clocks and a short reason each. */
export const CARRIED_STATE_BYTES = 180_000;
/** Code points left of a reason, tried in turn. */
const LENGTHS = [60, 24, 1] as const;

export function carriedState(state: MonitorState, maxBytes: number = CARRIED_STATE_BYTES): MonitorState {
  return LENGTHS.reduce(
    (carried, length) => (jsonBytes(carried) <= maxBytes ? carried : withShortReasons(carried, length)),
    state,
  );
}

function withShortReasons(state: MonitorState, length: number): MonitorState {
  const alerts = Object.entries(state.alerts).map(([key, record]) => [key, shortened(record, length)]);
  return { ...state, alerts: Object.fromEntries(alerts) as MonitorState["alerts"] };
}

function shortened(record: AlertRecord, length: number): AlertRecord {
  const { unknownReason } = record;
  const overlay = unknownReason === undefined ? {} : { unknownReason: cutReason(unknownReason, length) };
  if (record.state === "inactive") return { ...record, ...overlay };
  return { ...record, ...overlay, reason: cutReason(record.reason, length) };
}

/** Bytes of the JSON in UTF-8, at most: every character beyond ASCII is counted as three. */
function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value);
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) bytes += 2;
  return bytes;
}
