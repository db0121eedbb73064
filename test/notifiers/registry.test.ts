import { existsSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { packageRoot } from "../../src/lib/package-root.js";
import { notifier, notifiers } from "../../src/notifiers/registry.js";

describe("the notifier registry", () => {
  test("finds each notifier by its word, and each word once", () => {
    for (const each of notifiers) expect(notifier(each.type)).toBe(each);
    expect(new Set(notifiers.map(({ type }) => type)).size).toBe(notifiers.length);
  });

  test("knows nothing of a word that is not there", () => {
    expect(notifier("carrier-pigeon")).toBeUndefined();
  });

  test.each(notifiers.map(({ type }) => type))("%s has a source file, a page and a test", (type) => {
    const files = [`src/notifiers/${type}.ts`, `docs/notifiers/${type}.md`, `test/notifiers/${type}.test.ts`];
    expect(files.filter((file) => !existsSync(join(packageRoot, file)))).toEqual([]);
  });
});
