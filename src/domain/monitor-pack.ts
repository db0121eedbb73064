/**
 * A monitor's state as it is carried over continue-as-new: alerts by columns, every text once. 2,000 firing alerts take a tenth of
 * their plain JSON. Nothing is lost but the ends of reasons where all of them together are too long; the next sweeps bring those
 * again, because the monitor does not know them any more. Pure.
 */

import type { AlertRecord } from "./alert-state.js";
import type { Column } from "./column.js";
import { distances, fromDistances, packColumn, unpackColumn } from "./column.js";
import type { AlertKey } from "./monitor-plan.js";
import type { MonitorState } from "./monitor-state.js";
import type { SortedKeys } from "./sorted-keys.js";
import { packKeys, unpackKeys } from "./sorted-keys.js";
import { fitText, jsonBytes } from "./wire-reasons.js";

/** What the reasons of all alerts may take, in bytes of JSON. */
const REASONS_BYTES = 64_000;
const REASON_LENGTHS = [Number.POSITIVE_INFINITY, 120, 60, 30, 12] as const;

/** Times and counts; kept as distances, from what they follow within the record or from the record before. */
const NUMBERS = [
  "since",
  "lastGoodAt",
  "bad",
  "lastBadAt",
  "knownAt",
  "stamp",
  "blindMs",
  "countedFrom",
  "deadline",
  "firedAt",
  "episode",
  "goodSince",
  "knownMs",
  "unknownSince",
  "pausedAt",
  "quietUntil",
  "goodAt",
  "heldFrom",
] as const;
type NumberField = (typeof NUMBERS)[number];
const REASONS = ["reason", "unknownReason"] as const;

type Fields = Readonly<Record<string, unknown>>;

export interface PackedAlerts {
  readonly keys: SortedKeys;
  readonly reasons: readonly string[];
  /** JSON of every other value. */
  readonly values: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
}

export interface PackedMonitor extends Omit<MonitorState, "alerts" | "unswept"> {
  readonly packed: PackedAlerts;
  /** Absent when there are none. */
  readonly unswept?: SortedKeys;
}

export function packMonitor({ alerts, unswept, ...rest }: MonitorState): PackedMonitor {
  const keys = Object.keys(alerts).sort();
  const records = keys.map((key): Fields => ({ ...alerts[key] }));
  const reasons = dictionary();
  const values = dictionary();
  const fields = [...new Set(records.flatMap((record) => Object.keys(record)))].sort();
  const columns = fields.map((field): [string, Column] => [
    field,
    packColumn(isNumber(field) ? numbersOf(records, field) : placesOf(records, field, reasons, values)),
  ]);
  return {
    ...rest,
    ...(unswept.length === 0 ? {} : { unswept: packKeys([...unswept].sort()) }),
    packed: {
      keys: packKeys(keys),
      reasons: shortReasons(reasons.texts),
      values: values.texts,
      columns: Object.fromEntries(columns),
    },
  };
}

export function unpackMonitor({ packed, unswept, ...rest }: PackedMonitor): MonitorState {
  const keys = unpackKeys(packed.keys);
  const records = keys.map((): Record<string, unknown> => ({}));
  // What others are counted from comes first.
  const fields = Object.keys(packed.columns).sort((a, b) => orderOf(a) - orderOf(b));
  for (const field of fields) {
    const column = unpackColumn(packed.columns[field] ?? { each: [] });
    const found = isNumber(field) && followedBy(field) === undefined ? fromDistances(column) : column;
    records.forEach((record, index) => {
      const value = found[index] ?? null;
      if (value !== null) record[field] = valueOf(record, field, value, packed);
    });
  }
  const alerts = keys.map((key, index): [AlertKey, AlertRecord] => [
    key,
    records[index] as unknown as AlertRecord,
  ]);
  return {
    ...rest,
    unswept: unswept === undefined ? [] : unpackKeys(unswept),
    alerts: Object.fromEntries(alerts),
  };
}

function numbersOf(records: readonly Fields[], field: NumberField): readonly (number | null)[] {
  const follows = followedBy(field);
  const plain = records.map((record) => numberOf(record, field));
  if (follows === undefined) return distances(plain);
  return plain.map((value, index) =>
    value === null ? null : value - (numberOf(records[index] ?? {}, follows) ?? 0),
  );
}

function placesOf(
  records: readonly Fields[],
  field: string,
  reasons: Dictionary,
  values: Dictionary,
): readonly (number | null)[] {
  return records.map((record) => {
    const value = record[field];
    if (value === undefined) return null;
    return isReason(field) && typeof value === "string"
      ? reasons.place(value)
      : values.place(JSON.stringify(value));
  });
}

function valueOf(record: Fields, field: string, value: number, packed: PackedAlerts): unknown {
  if (isReason(field)) return packed.reasons[value] ?? "";
  if (!isNumber(field)) return JSON.parse(packed.values[value] ?? "null");
  const follows = followedBy(field);
  return follows === undefined ? value : value + (numberOf(record, follows) ?? 0);
}

interface Dictionary {
  readonly texts: readonly string[];
  place(text: string): number;
}

function dictionary(): Dictionary {
  const texts: string[] = [];
  const places = new Map<string, number>();
  return {
    texts,
    place(text) {
      const place = places.get(text) ?? texts.push(text) - 1;
      places.set(text, place);
      return place;
    },
  };
}

function shortReasons(reasons: readonly string[]): readonly string[] {
  const bytes = (texts: readonly string[]): number =>
    texts.reduce((sum, text) => sum + jsonBytes(text) + 3, 0);
  return REASON_LENGTHS.reduce<readonly string[]>(
    (kept, length) => (bytes(kept) <= REASONS_BYTES ? kept : reasons.map((text) => fitText(text, length))),
    reasons,
  );
}

/** The number of the same record that this one is counted from. */
function followedBy(field: NumberField): NumberField | undefined {
  if (field === "knownAt" || field === "heldFrom") return "lastBadAt";
  if (field === "countedFrom") return "since";
  return field === "deadline" ? "countedFrom" : undefined;
}

function numberOf(record: Fields, field: NumberField): number | null {
  const value = record[field];
  return typeof value === "number" ? value : null;
}

function orderOf(field: string): number {
  return NUMBERS.findIndex((each) => each === field);
}

function isNumber(field: string): field is NumberField {
  return NUMBERS.some((each) => each === field);
}

function isReason(field: string): boolean {
  return REASONS.some((each) => each === field);
}
