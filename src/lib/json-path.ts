/** The part of JSONPath that names exactly one place: `$.data.checks[0]['a name']`. No wildcards, no filters, own properties only. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export type JsonPath = readonly (string | number)[];

const STEP = /\.([^.[\]\s]+)|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/gy;
const MAX_KNOWN = 10_000;
const known = new Map<string, JsonPath>();

function parse(text: string): JsonPath {
  const whole = text.startsWith("$") ? text.slice(1) : /^[.[]/.test(text) ? text : `.${text}`;
  const steps: (string | number)[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < whole.length) {
    const found = STEP.exec(whole);
    if (found === null) throw new RangeError(`not a JSON path: ${text}`);
    const [, name, index, single, double] = found;
    const quoted = single ?? double;
    if (index !== undefined) steps.push(Number(index));
    else steps.push(name ?? quoted?.replace(/\\(.)/g, "$1") ?? "");
  }
  return steps;
}

/** The steps of a path; a leading `$` or `$.` may be left out, negative indices count from the end. Throws `RangeError` on text that is no path. */
export function parseJsonPath(text: string): JsonPath {
  const already = known.get(text);
  if (already !== undefined) return already;
  const path = parse(text);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, path);
  return path;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function step(value: Json | undefined, to: string | number): Json | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return typeof to === "number" ? (value as readonly Json[]).at(to) : undefined;
  if (!isObject(value)) return undefined;
  return Object.hasOwn(value, to) ? value[to] : undefined;
}

/** What stands at the path, or undefined when nothing does. Throws `RangeError` on text that is no path. */
export function readJsonPath(value: Json, text: string): Json | undefined {
  return parseJsonPath(text).reduce<Json | undefined>(step, value);
}

/** Deep equality of JSON values: numbers by value, objects whatever the order of their names. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a as readonly Json[], b as readonly Json[]];
    return left.length === right.length && left.every((each, index) => sameJson(each, right[index] ?? null));
  }
  if (Array.isArray(a) || Array.isArray(b) || !isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name] ?? null, b[name] ?? null))
  );
}
