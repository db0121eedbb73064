import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { checkType, checkTypes } from "../../src/checks/registry.js";
import { packageRoot } from "../../src/lib/package-root.js";

/** `object_store` lives in `object-store.ts`. */
function filesOf(type: string): readonly string[] {
  const file = type.replaceAll("_", "-");
  return [`src/checks/${file}.ts`, `docs/checks/${type}.md`, `test/checks/${file}.test.ts`];
}

describe("the registry of check types", () => {
  test("finds each type by its word, and each word once", () => {
    for (const each of checkTypes) expect(checkType(each.type)).toBe(each);
    expect(new Set(checkTypes.map(({ type }) => type)).size).toBe(checkTypes.length);
  });

  test("knows nothing of a word that is not there", () => {
    expect(checkType("carrier-pigeon")).toBeUndefined();
  });

  test.each(checkTypes.map(({ type }) => type))(
    "%s has a source file, a page and a test of the contract",
    (type) => {
      expect(filesOf(type).filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
      const own = readFileSync(join(packageRoot, filesOf(type)[2] ?? ""), "utf8");
      expect(own).toContain("describeCheckType(");
    },
  );
});
