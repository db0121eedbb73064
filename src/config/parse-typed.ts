/** Checks and notifiers: what their `type` names says which other keys they have. */

import { didYouMean } from "../lib/did-you-mean.js";
import { findingsOf } from "./issues.js";
import { knownKeys } from "./known-keys.js";
import type { CheckInput, NotifierInput, Piece } from "./parsed.js";
import { parse, type Parsing } from "./parse-piece.js";
import type { Finding, Path } from "./problem.js";
import { commonCheckSchema } from "./schema.js";
import { isMapping, type Mapping, type Tree } from "./tree.js";

const COMMON_KEYS: ReadonlySet<string> = new Set(["type", ...Object.keys(commonCheckSchema.shape)]);

/** The common keys by the common schema; all others, and those that the type claims, by the type's own. */
export function parseCheckKeys(tree: Tree, path: Path, parsing: Parsing): CheckInput | undefined {
  if (!isMapping(tree)) {
    parse(commonCheckSchema, tree, path, parsing);
    return undefined;
  }
  const { type: typeName, ...others } = tree;
  const claimed = parsing.registries.checkTypes.find((each) => each.type === typeName)?.claims ?? [];
  const isCommon = (key: string): boolean => COMMON_KEYS.has(key) && !claimed.some((claim) => claim === key);
  const commonTree: Mapping = {};
  const own: Mapping = {};
  for (const [key, value] of Object.entries(others)) (isCommon(key) ? commonTree : own)[key] = value;
  const common = parse(commonCheckSchema, commonTree, path, parsing);
  const type = typeFor(typeName, parsing.registries.checkTypes, "check type", path, parsing);
  if (type === undefined) return undefined;
  const result = type.schema.safeParse(own);
  if (!result.success) {
    const keys = (at: Path): readonly string[] =>
      at.length === 0 ? [...knownKeys(type.schema, at), ...COMMON_KEYS] : knownKeys(type.schema, at);
    parsing.findings.push(...findingsOf(result.error.issues, { path, value: own, keys }));
    return undefined;
  }
  return common === undefined ? undefined : { common, type, spec: result.data };
}

export function parseNotifier(name: string, tree: Tree, parsing: Parsing): Piece<NotifierInput> {
  const path = ["notifiers", name];
  if (!isMapping(tree)) {
    parsing.findings.push(...notMapping(path, tree));
    return { name, path };
  }
  const { type: typeName, ...own } = tree;
  const type = typeFor(typeName, parsing.registries.notifiers, "notifier", path, parsing);
  if (type === undefined) return { name, path };
  const result = type.schema.safeParse(own);
  if (result.success) return { name, path, value: { type, spec: result.data } };
  const keys = (at: Path): readonly string[] =>
    at.length === 0 ? [...knownKeys(type.schema, at), "type"] : knownKeys(type.schema, at);
  parsing.findings.push(...findingsOf(result.error.issues, { path, value: own, keys }));
  return { name, path };
}

function notMapping(path: Path, tree: Tree): readonly Finding[] {
  const [, name = ""] = path;
  const what = tree === null ? "nothing stands below it" : "it is none";
  return [
    { code: "CFG-013", path, at: "key", message: `\`${name}\` must be a mapping with a \`type\`: ${what}` },
  ];
}

/** The entry of a registry that `type` names. */
function typeFor<T extends { readonly type: string }>(
  name: Tree,
  registry: readonly T[],
  what: string,
  path: Path,
  { findings }: Parsing,
): T | undefined {
  const found = registry.find((each) => each.type === name);
  if (found !== undefined) return found;
  const names = registry.map((each) => each.type);
  const all = `known: ${names.join(", ")}`;
  if (typeof name !== "string") {
    const isAway = name === undefined;
    const message = isAway ? "`type` is missing" : `\`type\`: expected the name of a ${what}`;
    findings.push({
      code: isAway ? "CFG-012" : "CFG-013",
      path: [...path, "type"],
      at: isAway ? "key" : "value",
      message,
      hint: all,
    });
    return undefined;
  }
  const near = didYouMean(name, names);
  const hint = near === undefined ? all : `did you mean \`${near}\`?`;
  findings.push({
    code: "CFG-014",
    path: [...path, "type"],
    message: `there is no ${what} \`${name}\``,
    hint,
  });
  return undefined;
}
