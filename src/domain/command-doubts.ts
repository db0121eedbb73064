/**
 * What of a command's input was not understood, in words, and whether it can be taken without that. Such parts are left out and the rest is taken, because a bare signal must
 * work; but a signal gets no answer, so whoever mistyped a field has to be told where they look. Pure.
 */

import { commandObject, textsField } from "./command-input.js";

/** Every command has them: they make it safe to send twice. */
const COMMON: readonly string[] = ["by", "command_id", "episode"];
const MAX_NAMED = 5;
const MAX_NAME = 40;

/** Undefined when all of it was understood. `fields` are those the command reads. */
export function doubts(raw: unknown, fields: readonly string[]): string | undefined {
  if (raw === undefined || raw === null) return undefined;
  const input = commandObject(raw);
  if (input !== raw) return 'its input is not an object like {"by": "ana"}';
  const known = [...fields, ...COMMON];
  const unknown = Object.keys(input).filter((name) => !known.includes(name));
  const unreadable = Object.entries(input)
    .filter(([name, value]) => known.includes(name) && !isReadable(value))
    .map(([name]) => name);
  const said = [
    ...(unknown.length === 0
      ? []
      : [
          `${named(unknown)} ${unknown.length === 1 ? "is" : "are"} not among its fields (${fields.join(", ")})`,
        ]),
    ...(unreadable.length === 0 ? [] : [`${named(unreadable)} cannot be read`]),
  ];
  return said.length === 0 ? undefined : said.join("; ");
}

/**
 * Why a command is refused whole: a field that narrows it to a part is there and cannot be used, and without it the command would
 * mean everything. Undefined when it is as narrow as it was meant. `aims` are the fields that narrow it.
 */
export function misaimed(raw: unknown, aims: readonly string[]): string | undefined {
  if (raw === undefined || raw === null || aims.length === 0) return undefined;
  const input = commandObject(raw);
  if (input !== raw) {
    // What is sent to an incident without an object means that incident; to a monitor it would mean the whole system.
    return aims.includes("service") ? 'its input is not an object like {"service": "api"}' : undefined;
  }
  const unusable = aims.filter((name) => !aimsWell(name, input[name]));
  if (unusable.length === 0) return undefined;
  return `${named(unusable)} cannot be used, and without it this would mean everything: nothing was done`;
}

/** Absent is well: who names nothing means everything. */
function aimsWell(name: string, value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  if (name === "episode") return Number.isFinite(typeof value === "string" ? Number(value) : value);
  if (name === "alerts") return textsField({ alerts: value }, "alerts") !== undefined;
  return typeof value === "string" || typeof value === "number";
}

/** Nothing, a text, a number, or a list of texts: what forms and buttons send. */
function isReadable(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((each) => typeof each === "string" || typeof each === "number");
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => `'${Array.from(name).slice(0, MAX_NAME).join("")}'`);
  return names.length > MAX_NAMED ? `${shown.join(", ")} and more` : shown.join(", ");
}
