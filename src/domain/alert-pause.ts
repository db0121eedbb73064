/** A pause stops an alert's clocks; afterwards they go on with the time they had left (lifecycle 5). Pure. */

import type { AlertRecord, Overlay } from "./alert-state.js";

export function freezeAlert(record: AlertRecord, now: number): AlertRecord {
  return { ...record, pausedAt: record.pausedAt ?? now };
}

/** Moves every clock by the time it stood still. What people read (first bad, fired, last good) stays as it was. */
export function thawAlert(record: AlertRecord, now: number): AlertRecord {
  if (record.pausedAt === undefined) return record;
  const { pausedAt, ...rest } = record;
  const stoodMs = Math.max(0, now - pausedAt);
  const overlay: Overlay =
    rest.unknownSince === undefined ? {} : { unknownSince: rest.unknownSince + stoodMs };
  switch (rest.state) {
    case "inactive":
      return { ...rest, ...overlay, ...later("quietUntil", rest.quietUntil, stoodMs) };
    case "pending":
      return {
        ...rest,
        ...overlay,
        ...later("quietUntil", rest.quietUntil, stoodMs),
        countedFrom: rest.countedFrom + stoodMs,
        knownAt: rest.knownAt + stoodMs,
        deadline: rest.deadline + stoodMs,
        asked: false,
      };
    case "firing":
      return { ...rest, ...overlay, ...later("heldFrom", rest.heldFrom, stoodMs) };
    case "recovering":
      return {
        ...rest,
        ...overlay,
        ...later("deadline", rest.deadline, stoodMs),
        knownAt: rest.knownAt + stoodMs,
        asked: false,
      };
  }
}

function later<K extends "deadline" | "heldFrom" | "quietUntil">(
  name: K,
  at: number | undefined,
  byMs: number,
): Partial<Readonly<Record<K, number>>> {
  return (at === undefined ? {} : { [name]: at + byMs }) as Partial<Readonly<Record<K, number>>>;
}
