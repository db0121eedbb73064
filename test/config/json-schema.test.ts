import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "@jest/globals";

import { configJsonSchema } from "../../src/config/json-schema.js";
import { commonCheckSchema } from "../../src/config/schema.js";
import { packageRoot } from "../../src/lib/package-root.js";

interface Definition {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly oneOf?: readonly { readonly properties: object }[];
}

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: Readonly<Record<string, Definition>>;
}

const schema = configJsonSchema() as unknown as Schema;

describe("the JSON Schema", () => {
  it("is the one that is committed: run `node dist/scripts/generate-json-schema.js`", () => {
    const committed: unknown = JSON.parse(
      readFileSync(join(packageRoot, "docs", "config.schema.json"), "utf8"),
    );
    expect(committed).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it("knows the keys of every check type beside the common ones", () => {
    const [http] = schema.$defs.check?.oneOf ?? [];
    expect(Object.keys(http?.properties ?? {})).toEqual(
      expect.arrayContaining(["type", "every", "timeout", "alerts", "url", "expect"]),
    );
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
