/** What every check type promises, as one suite: each type's own test calls it, the registry's test checks that it does. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";

import type { CheckType } from "../../src/checks/check-type.js";
import type { FieldValue } from "../../src/domain/reading.js";
import { packageRoot } from "../../src/lib/package-root.js";
import { describeNetworkFaults } from "./check-type-faults.js";
import { contextOf, expectSoundReadings, type CheckTypeSubject } from "./check-type-subject.js";

const COMMON_KEYS = "type every timeout labels from subjects alerts fields each assert enabled".split(" ");

function isOfType(value: FieldValue, type: string): boolean {
  if (type === "any") return true;
  if (type === "map") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type && value === value;
}

export function describeCheckType<Spec>(subject: CheckTypeSubject<Spec>): void {
  const { type, keys, start, absent = {} } = subject;

  describe(`every check type: ${type.type}`, () => {
    describePaper(type);

    test("is frozen, and named as configuration names things", () => {
      expect(Object.isFrozen(type)).toBe(true);
      expect(type.type).toMatch(/^[a-z][a-z_]*$/);
      expect(Object.keys(type.fields).filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))).toEqual([]);
      expect(type.defaults.timeoutMs).toBeLessThanOrEqual(type.defaults.everyMs);
    });

    test("refuses a key it does not know", () => {
      expect(type.schema.safeParse(keys(1)).success).toBe(true);
      expect(type.schema.safeParse({ ...keys(1), no_such_key: 1 }).success).toBe(false);
    });

    test("keeps its settings as plain JSON, so that they survive the store", () => {
      const spec = type.schema.parse(keys(1));
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    });

    test("shows no secret where it says what it probes", () => {
      const shown = type.target(type.schema.parse(keys(1)));
      expect(shown).toMatch(/\S/);
      expect(Object.values(subject.secrets ?? {}).filter((value) => shown.includes(value))).toEqual([]);
    });

    test("finds a healthy target good, with every field it declares and of its type", async () => {
      const target = await start();
      const readings = await type.probe(type.schema.parse(keys(target.port ?? 0)), contextOf(subject));
      expectSoundReadings(subject, readings);
      expect(readings.map(({ outcome, reason }) => [outcome, reason])).toEqual(
        readings.map(() => ["good", undefined]),
      );
      const seen = Object.assign({}, ...readings.map(({ fields }) => fields)) as Record<string, FieldValue>;
      expect(Object.keys(type.fields).filter((name) => !(name in seen))).toEqual(Object.keys(absent));
      const wrong = Object.entries(seen).filter(
        ([name, value]) => !isOfType(value, type.fields[name]?.type ?? ""),
      );
      expect(wrong).toEqual([]);
      await target.drained?.();
      await target.close();
    });

    test("is unknown, and at once, when it is stopped before it began", async () => {
      const target = await start();
      const context = { ...contextOf(subject), signal: AbortSignal.abort() };
      const readings = await type.probe(type.schema.parse(keys(target.port ?? 0)), context);
      expectSoundReadings(subject, readings);
      expect(readings.map(({ outcome }) => outcome)).toEqual(readings.map(() => "unknown"));
      await target.close();
    });
  });
  if (subject.network) describeNetworkFaults(subject);
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly anyOf?: readonly JsonSchema[];
}

/** Every key with its description, nested ones included. */
function keysOf(schema: JsonSchema): readonly (readonly [string, string | undefined])[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => [
    [key, value.description] as const,
    ...keysOf(value),
  ]);
  return [...own, ...(schema.anyOf ?? []).flatMap(keysOf)];
}

/** Documentation and example are part of the contract: a check nobody can configure is not there. */
function describePaper<Spec>(type: CheckType<Spec>): void {
  const page = () => readFileSync(join(packageRoot, "docs", "checks", `${type.type}.md`), "utf8");

  test("has an example that its schema takes", () => {
    const all = Object.entries(parse(type.example) as Record<string, unknown>);
    expect(Object.fromEntries(all).type).toBe(type.type);
    const claimed: readonly string[] = type.claims ?? [];
    const isOwn = (key: string): boolean => !COMMON_KEYS.includes(key) || claimed.includes(key);
    const own = Object.fromEntries(all.filter(([key]) => isOwn(key)));
    expect(type.schema.safeParse(own)).toMatchObject({ success: true });
  });

  test("has a page that shows the example and names every key and field with its meaning", () => {
    const keys = keysOf(z.toJSONSchema(type.schema, { io: "input" }) as JsonSchema);
    const fields = Object.entries(type.fields).map(([name, { description }]) => [name, description] as const);
    expect(page()).toContain(type.example.trim());
    const undescribed = [...keys, ...fields].filter(([, meaning]) => meaning === undefined);
    expect(undescribed).toEqual([]);
    const missing = [...keys, ...fields].filter(
      ([name, meaning = ""]) => !page().includes(`\`${name}\``) || !page().includes(meaning),
    );
    expect(missing).toEqual([]);
  });
}
