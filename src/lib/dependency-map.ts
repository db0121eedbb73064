/**
 * What a JSON answer says about the system itself and about the things it depends on, in any of the shapes found in the field:
 * strings, booleans, objects with a status or an ok, in maps by name or in arrays of named items.
 */

import { readJsonPath, type Json } from "./json-path.js";
import { stateOfWord, worse, type State } from "./status-word.js";
import { oneLine, truncateBytes } from "./text.js";

/** One thing an answer reports on; `detail` holds its word and message unless it is good. */
export interface PartState {
  readonly outcome: State;
  readonly detail?: string;
}

type JsonObject = Readonly<Record<string, Json>>;

/** Where maps of dependencies are found unless a check says otherwise. */
const USUAL_PLACES: readonly string[] = ["checks", "dependencies", "components", "services", "data.checks"];
const STATUS_KEYS = ["status", "state", "health", "overall_status"];
const BOOLEAN_KEYS = ["ok", "ready", "healthy", "alive", "available", "up", "passed", "success", "running"];
const NAME_KEYS = ["name", "id", "component", "service", "key", "title"];
const MESSAGE_KEYS = ["message", "error", "reason", "detail", "details", "user_action", "description"];
const MAX_PARTS = 100;
const MAX_DETAIL_BYTES = 200;
const FIRST_HTTP_ERROR = 400;

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textAt(object: JsonObject, keys: readonly string[]): string | undefined {
  return keys.map((key) => object[key]).find((value) => typeof value === "string" && value !== "") as
    string | undefined;
}

/** The name an item gives itself: `name`, `id`…, else the first `…_id` or `…_name`. */
export function nameOfItem(item: JsonObject): string | undefined {
  const other = Object.keys(item).filter((key) => /_(?:id|name)$/.test(key));
  return textAt(item, [...NAME_KEYS, ...other]);
}

function part(outcome: State, word: string, message: string | undefined): PartState {
  if (outcome === "good") return { outcome };
  const text = message === undefined || message === word ? word : `${word} (${message})`;
  return { outcome, detail: truncateBytes(oneLine(text), MAX_DETAIL_BYTES) };
}

function ofBooleans(object: JsonObject): PartState | undefined {
  const said = BOOLEAN_KEYS.filter((key) => typeof object[key] === "boolean");
  const wrong = said.find((key) => object[key] === false);
  if (wrong !== undefined) return part("bad", `not ${wrong}`, textAt(object, MESSAGE_KEYS));
  return said.length > 0 ? { outcome: "good" } : undefined;
}

function ofNumber(object: JsonObject): PartState | undefined {
  const { status } = object;
  if (typeof status !== "number") return undefined;
  return part(status < FIRST_HTTP_ERROR ? "good" : "bad", String(status), textAt(object, MESSAGE_KEYS));
}

/** What an object says of itself by a status word, an ok, or an HTTP status; undefined when it says nothing. */
export function stateOfObject(object: JsonObject): PartState | undefined {
  const word = textAt(object, STATUS_KEYS);
  const byWord = word === undefined ? undefined : part(stateOfWord(word), word, textAt(object, MESSAGE_KEYS));
  const byBoolean = ofBooleans(object);
  if (byWord === undefined) return byBoolean ?? ofNumber(object);
  if (byBoolean === undefined) return byWord;
  if (byWord.outcome === "unknown") return byBoolean;
  return worse(byWord.outcome, byBoolean.outcome) === byWord.outcome ? byWord : byBoolean;
}

function worst(states: readonly (PartState | undefined)[]): PartState | undefined {
  return states.reduce(
    (a, b) =>
      a === undefined || b === undefined ? (a ?? b) : worse(a.outcome, b.outcome) === a.outcome ? a : b,
    undefined,
  );
}

function stateOfValue(value: Json, message: string | undefined): PartState | undefined {
  if (typeof value === "string") return part(stateOfWord(value), value, message);
  if (typeof value === "boolean") return part(value ? "good" : "bad", "not ok", message);
  if (Array.isArray(value)) {
    return worst(
      (value as readonly Json[]).map((each) => (isJsonObject(each) ? stateOfObject(each) : undefined)),
    );
  }
  return isJsonObject(value) ? stateOfObject(value) : undefined;
}

/** A message beside the dependencies (`{database: "error", detail: "timeout"}`) belongs to those that are not good. */
function ofMap(map: JsonObject): readonly (readonly [string, PartState])[] {
  const message = textAt(map, MESSAGE_KEYS);
  return Object.entries(map).flatMap(([name, value]) => {
    if (typeof value === "string" && MESSAGE_KEYS.includes(name)) return [];
    const state = stateOfValue(value, message);
    return state === undefined ? [] : [[name, state] as const];
  });
}

function ofList(list: readonly Json[]): readonly (readonly [string, PartState])[] {
  return list.flatMap((item, index) => {
    const state = isJsonObject(item) ? stateOfObject(item) : undefined;
    return state === undefined ? [] : [[nameOfItem(item as JsonObject) ?? String(index), state] as const];
  });
}

/**
 * The dependencies an answer reports, from the usual places or from the given ones, by name; of several with one name the worst.
 * Empty when there are none. At most 100.
 */
export function dependencyMap(
  answer: Json,
  places: readonly string[] = USUAL_PLACES,
): Readonly<Record<string, PartState>> {
  const parts = new Map<string, PartState>();
  for (const place of places) {
    const found = readJsonPath(answer, place);
    const entries = Array.isArray(found)
      ? ofList(found as readonly Json[])
      : isJsonObject(found)
        ? ofMap(found)
        : [];
    for (const [name, state] of entries) {
      const merged = worst([parts.get(name), state]);
      if (merged !== undefined && (parts.size < MAX_PARTS || parts.has(name))) parts.set(name, merged);
    }
  }
  return Object.fromEntries(parts);
}
