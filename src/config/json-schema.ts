/** The configuration's form as JSON Schema, for editors; derived from the schemas that validate it. */

import { z } from "zod";

import { NAME_PATTERN } from "../domain/ids.js";
import { allRegistries, type Registries } from "./registries.js";
import {
  commonCheckSchema,
  defaultsSchema,
  fileSchema,
  ruleSchema,
  serviceSchema,
  systemSchema,
} from "./schema.js";
import { policySchema } from "./schema-policy.js";
import { egressSchema, retentionSchema, schedulesSchema } from "./schema-settings.js";

type Json = Readonly<Record<string, unknown>>;

/** Draft 2020-12. What only Tocsin itself can tell (references, expressions, secrets) is not in it. */
export function configJsonSchema(registries: Registries = allRegistries): Json {
  const system = withKeys(jsonOf(systemSchema), { services: named("service") });
  const service = withKeys(jsonOf(serviceSchema), { checks: named("check") });
  const file = withKeys(jsonOf(fileSchema), {
    defaults: jsonOf(defaultsSchema),
    notifiers: named("notifier"),
    policies: named("policy"),
    systems: named("system"),
    schedules: jsonOf(schedulesSchema),
    egress: jsonOf(egressSchema),
    retention: jsonOf(retentionSchema),
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tocsin configuration",
    ...file,
    $defs: {
      system,
      service,
      check: oneOf(registries.checkTypes, withKeys(jsonOf(commonCheckSchema), { alerts: named("alert") })),
      alert: jsonOf(ruleSchema),
      notifier: oneOf(registries.notifiers, {}),
      policy: jsonOf(policySchema),
    },
  };
}

function jsonOf(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // A default behind a transform is in milliseconds or bytes: nothing that could be written there.
    override: ({ jsonSchema }) => {
      if (jsonSchema.type === "string" && typeof jsonSchema.default === "number") delete jsonSchema.default;
    },
  });
  return json;
}

/** A mapping of names to what the definition says. */
function named(definition: string): Json {
  return {
    type: "object",
    propertyNames: { pattern: NAME_PATTERN.source },
    additionalProperties: { $ref: `#/$defs/${definition}` },
  };
}

function propertiesOf(json: Json): Readonly<Record<string, Json>> {
  return (json.properties ?? {}) as Readonly<Record<string, Json>>;
}

function requiredOf(json: Json): readonly string[] {
  return (json.required ?? []) as readonly string[];
}

/** The schema with better ones for some of its keys; what it says of them stays. */
function withKeys(json: Json, keys: Readonly<Record<string, Json>>): Json {
  const properties = propertiesOf(json);
  const better = Object.entries(keys).map(([key, schema]) => {
    const { description } = properties[key] ?? {};
    return [key, description === undefined ? schema : { description, ...schema }];
  });
  return { ...json, properties: { ...properties, ...Object.fromEntries(better) } };
}

/** What `type` names says which other keys there are. */
function oneOf(
  types: readonly { readonly type: string; readonly summary: string; readonly schema: z.ZodType }[],
  common: Json,
): Json {
  return {
    type: "object",
    required: ["type"],
    oneOf: types.map(({ type, summary, schema }) => {
      const own = jsonOf(schema);
      return {
        description: summary,
        type: "object",
        properties: { type: { const: type }, ...propertiesOf(common), ...propertiesOf(own) },
        required: ["type", ...requiredOf(common), ...requiredOf(own)],
        additionalProperties: false,
      };
    }),
  };
}
