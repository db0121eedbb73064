/** What zod expected and what stands there instead, in a person's words. */

import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** What would be right, as it goes on after "expected". */
export function expectation(issue: Issue): string {
  const [first, ...others] = [...new Set(expectations(issue))];
  const last = others.pop();
  if (first === undefined) return lowerFirst(issue.message);
  return last === undefined ? first : `${[first, ...others].join(", ")} or ${last}`;
}

function expectations(issue: Issue): readonly string[] {
  const own = /^expected (.+)$/.exec(issue.message)?.[1];
  if (own !== undefined) return [own];
  if (issue.code === "invalid_type") return [TYPE_NAMES[issue.expected] ?? issue.expected];
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    return [values.length === 1 ? values.join("") : `one of ${values.join(", ")}`];
  }
  if (issue.code === "too_small") return [`at least ${amount(issue.origin, issue.minimum)}`];
  if (issue.code === "too_big") return [`at most ${amount(issue.origin, issue.maximum)}`];
  if (issue.code === "invalid_union") {
    return issue.errors.flatMap((branch) => branch.slice(0, 1).flatMap(expectations));
  }
  return [lowerFirst(issue.message)];
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys to values",
  record: "a mapping of keys to values",
  null: "nothing",
};

const UNITS: Readonly<Record<string, readonly [string, string]>> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
  object: ["key", "keys"],
  record: ["key", "keys"],
};

function amount(origin: string, count: number | bigint): string {
  const unit = UNITS[origin];
  if (unit === undefined) return String(count);
  return `${count} ${Number(count) === 1 ? unit[0] : unit[1]}`;
}

/** `, not a list`, or nothing where it would not help; what a value is, never what it says. */
export function contrast(expected: string, value: unknown): string {
  if (/^at (?:least|most) /.test(expected) && typeof value !== "object") return "";
  if (value === null) return ", and there is nothing";
  if (Array.isArray(value)) return value.length === 0 ? ", not an empty list" : ", not a list";
  if (typeof value === "string") {
    if (value === "") return ", not an empty text";
    return Object.values(TYPE_NAMES).includes(expected) ? ", not a text" : "";
  }
  if (typeof value === "number") return `, not the number ${value}`;
  return typeof value === "boolean" ? `, not ${String(value)}` : ", not a mapping";
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
