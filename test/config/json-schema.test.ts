import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { describe, expect, it } from "@jest/globals";

import { configJsonSchema } from "../../src/config/json-schema.js";
import { commonCheckSchema } from "../../src/config/schema.js";
import { packageRoot } from "../../src/lib/package-root.js";

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
}

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: Readonly<Record<string, Definition>>;
}

const schema = configJsonSchema() as unknown as Schema;

function keysOf(type: string): Readonly<Record<string, unknown>> {
  const all = schema.$defs.check?.oneOf ?? [];
  return all.find(({ properties }) => isDeepStrictEqual(properties.type, { const: type }))?.properties ?? {};
}

describe("the JSON Schema", () => {
  it("is the one that is committed: run `node dist/scripts/generate-json-schema.js`", () => {
    const committed: unknown = JSON.parse(
      readFileSync(join(packageRoot, "docs", "config.schema.json"), "utf8"),
    );
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it("knows the keys of every check type beside the common ones", () => {
    expect(Object.keys(keysOf("http"))).toEqual(
      expect.arrayContaining(["type", "every", "timeout", "alerts", "url", "expect"]),
    );
  });

  it("says of a key that a type claims what it means there", () => {
    expect(keysOf("http").every).toMatchObject({ description: expect.stringContaining("probed") as unknown });
    expect(keysOf("heartbeat").every).toMatchObject({
      description: expect.stringContaining("job") as unknown,
    });
  });

  it("knows no key that docs/configuration.md does not explain", () => {
    const docs = readFileSync(join(packageRoot, "docs", "configuration.md"), "utf8");
    const { system, service, alert, policy } = schema.$defs;
    const common = Object.keys(commonCheckSchema.shape);
    const keys = [schema, system, service, alert, policy].flatMap((each) =>
      Object.keys(each?.properties ?? {}),
    );
    const missing = [...keys, ...common].filter(
      (key) => !docs.includes(`\`${key}\``) && !docs.includes(`${key}: `),
    );
    expect(missing).toEqual([]);
  });

  it("has no default that nobody could write", () => {
    expect(JSON.stringify(schema)).not.toMatch(/"type":"string"[^{}]*"default":\d/);
  });
});
