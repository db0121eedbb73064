/** Which keys a schema knows at a place: for "did you mean", so only looked up when something is wrong. */

import { z } from "zod";

import type { Path } from "./problem.js";

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

const known = new WeakMap<z.ZodType, JsonSchema>();

/** The keys of the mapping at `path` within what the schema takes; none where it takes any key. */
export function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let json = known.get(schema);
  if (json === undefined) {
    json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema;
    known.set(schema, json);
  }
  return keysAt(json, path);
}

function keysAt(schema: JsonSchema, path: Path): readonly string[] {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const below = branches.flatMap((branch) => keysAt(branch, path));
  const [step, ...rest] = path;
  if (step === undefined) return [...Object.keys(schema.properties ?? {}), ...below];
  const inner =
    typeof step === "number" ? schema.items : (schema.properties?.[step] ?? schema.additionalProperties);
  return typeof inner === "object" ? [...keysAt(inner, rest), ...below] : below;
}
