/** Which fields of two versions of one thing differ, each as a few words. */

import { printDuration } from "../lib/duration.js";
import { canonicalJson } from "./plain-json.js";

/** `every 15s → 30s` */
export type FieldChange = string;

const MAX_VALUE = 60;

/** Takes plans' own data: plain JSON without secrets. Keys in `except` are compared by others. */
export function changedFields(was: object, is: object, except: readonly string[]): readonly FieldChange[] {
  const before = was as Readonly<Record<string, unknown>>;
  const after = is as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !except.includes(key))
    .filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(after[key] ?? null))
    .map((key) => `${wordOf(key)} ${shown(key, before[key])} → ${shown(key, after[key])}`);
}

/** The key as the configuration writes it: `recoverForMs` is `recover_for`. */
function wordOf(key: string): string {
  return key.replace(/Ms$/, "").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function shown(key: string, value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "number") return isDuration(key) ? printDuration(value) : String(value);
  const text = typeof value === "string" ? value : plain(value);
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE - 1)}…`;
}

function isDuration(key: string): boolean {
  return key.endsWith("Ms") || key === "hold";
}

/** `[a, b]` and `{x: 1}`: JSON without its quotes, durations printed. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => shown("", item)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${wordOf(key)}: ${shown(key, inner)}`);
  return `{${pairs.join(", ")}}`;
}
