/** Names: their form, and those that are reserved. */

import { NAME_PATTERN, RESERVED_SYSTEM } from "../domain/ids.js";
import { READING_NAMES } from "../domain/reading-values.js";
import { isVariableName } from "../lib/expression.js";
import type { ParsedConfig, Piece } from "./parsed.js";
import type { Finding, Path } from "./problem.js";
import { checks, rules, services } from "./walk.js";

export function reviewNames(config: ParsedConfig): readonly Finding[] {
  const named: readonly (readonly [string, readonly Piece<unknown>[]])[] = [
    ["a notifier", config.notifiers],
    ["a policy", config.policies],
    ["a system", config.systems],
    ["a service", services(config).map(({ service }) => service)],
    ["a check", checks(config).map(({ check }) => check)],
    ["an alert", rules(config).map(({ rule }) => rule)],
  ];
  return [
    ...named.flatMap(([what, pieces]) =>
      pieces.flatMap(({ name, path }) => badName(what, name, path, "key")),
    ),
    ...checks(config).flatMap(({ check }) => {
      const from = check.value?.common.from;
      return from === undefined ? [] : badName("a location", from, [...check.path, "from"], "value");
    }),
    ...fieldNames(config),
  ];
}

function badName(what: string, name: string, path: Path, at: "key" | "value"): readonly Finding[] {
  if (name === RESERVED_SYSTEM) {
    const message = `\`${RESERVED_SYSTEM}\` is reserved: Tocsin calls itself so`;
    return [{ code: "CFG-019", path, at, message, hint: "choose another name" }];
  }
  if (NAME_PATTERN.test(name)) return [];
  const near = nearName(name);
  return [
    {
      code: "CFG-019",
      path,
      at,
      message: name.startsWith("_")
        ? `names that begin with \`_\` are reserved`
        : `\`${shorten(name)}\` cannot be the name of ${what}`,
      hint:
        near === undefined ? "lower case letters, digits, `_`, `.`, `-`; 63 at most" : `\`${near}\` could`,
    },
  ];
}

function nearName(name: string): string | undefined {
  const near = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9_.-]+/g, "-")
    .replace(/^[_.-]+|[.-]+$/g, "")
    .slice(0, 63);
  return NAME_PATTERN.test(near) && near !== RESERVED_SYSTEM ? near : undefined;
}

function shorten(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

/** Fields that are lifted must be fit for expressions, and must not hide others. */
function fieldNames(config: ParsedConfig): readonly Finding[] {
  return checks(config).flatMap(({ check }) => {
    const input = check.value;
    if (input === undefined) return [];
    const { fields, each } = input.common;
    const taken = new Set<string>([...READING_NAMES, ...Object.keys(input.type.fields)]);
    return [
      ...Object.keys(fields).flatMap((name) => badField(name, [...check.path, "fields", name], taken)),
      ...Object.keys(each?.fields ?? {}).flatMap((name) =>
        badField(name, [...check.path, "each", "fields", name], new Set<string>(READING_NAMES)),
      ),
    ];
  });
}

function badField(name: string, path: Path, taken: ReadonlySet<string>): readonly Finding[] {
  if (taken.has(name)) {
    const message = `\`${name}\` has a meaning already`;
    return [{ code: "CFG-019", path, at: "key", message, hint: "choose another name for the field" }];
  }
  if (isVariableName(name)) return [];
  const hint = "letters, digits and `_`, not beginning with a digit, and no word of the expression language";
  return [
    { code: "CFG-019", path, at: "key", message: `\`${shorten(name)}\` cannot be the name of a field`, hint },
  ];
}
