/** Named values out of a JSON answer, and the items of a list or map in it as subjects of their own. */

import { isJsonObject, nameOfItem } from "./dependency-map.js";
import { readJsonPath, type Json } from "./json-path.js";

/** Name to JSON path. */
export type LiftedNames = Readonly<Record<string, string>>;

export interface Each {
  /** Of an array or a map. */
  readonly path: string;
  /** Within an item; absent: the map's key, the item's name or id, else its index. */
  readonly subject?: string;
  /** Within an item. */
  readonly fields: LiftedNames;
}

export interface Item {
  readonly subject: string;
  readonly fields: Readonly<Record<string, Json>>;
  readonly value: Json;
}

/** The values at the paths; a path that leads nowhere gives no field. */
export function liftFields(json: Json, names: LiftedNames): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, path]) => {
      const value = readJsonPath(json, path);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function subjectOf(item: Json, key: string, isList: boolean, path: string | undefined): string {
  const named = path === undefined ? undefined : readJsonPath(item, path);
  if (typeof named === "string" || typeof named === "number" || typeof named === "boolean")
    return String(named);
  return (isList && isJsonObject(item) ? nameOfItem(item) : undefined) ?? key;
}

/** One item per entry of the list or map at `each.path`, in its order, subjects made distinct; undefined when there is neither. */
export function liftEach(json: Json, each: Each): readonly Item[] | undefined {
  const found = readJsonPath(json, each.path);
  if (typeof found !== "object" || found === null) return undefined;
  const seen = new Map<string, number>();
  return Object.entries(found as Readonly<Record<string, Json>>).map(([key, value]) => {
    const name = subjectOf(value, key, Array.isArray(found), each.subject);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return {
      subject: times === 1 ? name : `${name}#${times}`,
      fields: liftFields(value, each.fields),
      value,
    };
  });
}
