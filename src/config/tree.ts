/** YAML nodes as plain data: keys checked for doubles, aliases followed within bounds, `<<` merged, variables expanded. */

import { type Alias, isAlias, isMap, isScalar, type Node, type Scalar, type YAMLMap } from "yaml";

import { rangeOf, rangeWithin } from "./node-range.js";
import type { ConfigCode } from "./problem.js";
import type { Range, Source } from "./source.js";
import { type Environment, expandVariables } from "./variables.js";

export type Tree = string | number | boolean | null | undefined | Tree[] | Mapping;

export interface Mapping {
  [key: string]: Tree;
}

export function isMapping(tree: Tree): tree is Mapping {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

export interface TreeProblem {
  readonly code: ConfigCode;
  readonly severity?: "warning";
  readonly message: string;
  readonly hint?: string;
  readonly range: Range;
}

/** Nodes that aliases may bring in: enough for any honest use, and reached at once by a bomb. */
const MAX_ALIASED_NODES = 100_000;
const MAX_DEPTH = 100;
const KEY_HINT = "a text that begins with {{ wants quotes";

interface Walk {
  readonly source: Source;
  readonly env: Environment;
  readonly problems: TreeProblem[];
  readonly anchors: Map<string, Node>;
  /** Aliases that are being followed, outermost first. */
  readonly following: Node[];
  aliased: number;
  exhausted: boolean;
  depth: number;
}

export function treeOf(
  source: Source,
  env: Environment,
): { readonly tree: Tree; readonly problems: readonly TreeProblem[] } {
  const walk: Walk = {
    source,
    env,
    problems: [],
    anchors: new Map(),
    following: [],
    aliased: 0,
    exhausted: false,
    depth: 0,
  };
  return { tree: valueOf(source.document.contents, walk), problems: walk.problems };
}

function valueOf(node: Node | null, walk: Walk): Tree {
  if (node === null) return null;
  if (walk.following.length > 0 && ++walk.aliased > MAX_ALIASED_NODES) return undefined;
  if (isAlias(node)) return aliasValue(node, walk);
  const { anchor } = node;
  if (anchor !== undefined) walk.anchors.set(anchor, node);
  if (isScalar(node)) return scalarValue(node, walk);
  if (walk.depth >= MAX_DEPTH) return refuse(walk, node, "CFG-023", `deeper than ${MAX_DEPTH} levels`);
  walk.depth += 1;
  const value = isMap(node)
    ? mapValue(node, walk)
    : node.items.map((item) => valueOf(item as Node | null, walk));
  walk.depth -= 1;
  return value;
}

function aliasValue(alias: Alias, walk: Walk): Tree {
  const target = walk.anchors.get(alias.source);
  if (target === undefined) {
    return refuse(walk, alias, "CFG-006", `there is no \`&${alias.source}\` before this`);
  }
  const circular = walk.following.includes(target) || isOpen(target, alias);
  if (circular) return refuse(walk, alias, "CFG-008", `\`*${alias.source}\` contains itself`);
  walk.following.push(target);
  const value = valueOf(target, walk);
  walk.following.pop();
  const isExhausted = walk.aliased > MAX_ALIASED_NODES && walk.following.length === 0;
  if (isExhausted && !walk.exhausted) {
    walk.exhausted = true;
    return refuse(walk, alias, "CFG-008", `aliases bring in more than ${MAX_ALIASED_NODES} values`);
  }
  return value;
}

/** Whether the alias stands inside what it refers to. */
function isOpen(target: Node, alias: Alias): boolean {
  const outer = rangeOf(target);
  const inner = rangeOf(alias);
  return outer !== undefined && inner !== undefined && outer.start <= inner.start && inner.end <= outer.end;
}

function scalarValue(scalar: Scalar, walk: Walk): Tree {
  const { value } = scalar;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  if (typeof value !== "string")
    return refuse(walk, scalar, "CFG-013", "a kind of value that is not used here");
  const { text, problems } = expandVariables(value, walk.env);
  for (const { message, hint, warning, start, end } of problems) {
    walk.problems.push({
      code: warning === true ? "CFG-029" : "CFG-016",
      ...(warning === true ? { severity: "warning" as const } : {}),
      message,
      ...(hint === undefined ? {} : { hint }),
      range: rangeWithin(walk.source.text, scalar, { start, end }),
    });
  }
  return text;
}

function mapValue(map: YAMLMap, walk: Walk): Tree {
  const result: Mapping = {};
  const seen = new Map<string, Node>();
  const merged: Node[] = [];
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    const key = keyOf(keyNode);
    // A value whose braces were read as a mapping is no value at all.
    if (key === undefined || keyNode === null) {
      return refuse(walk, keyNode ?? map, "CFG-013", "a key must be a plain text", KEY_HINT);
    }
    if (key === "<<" && pair.value !== null) {
      merged.push(pair.value as Node);
      continue;
    }
    const first = seen.get(key);
    if (first !== undefined) {
      refuse(
        walk,
        keyNode,
        "CFG-007",
        `\`${key}\` is there twice`,
        `the first is in line ${lineOf(first, walk)}`,
      );
      continue;
    }
    seen.set(key, keyNode);
    assign(result, key, valueOf(pair.value as Node | null, walk));
  }
  for (const node of merged) mergeInto(result, node, walk);
  return result;
}

/** What `<<` brings stands behind what is written; of several, the first wins. */
function mergeInto(result: Mapping, node: Node, walk: Walk): void {
  const value = valueOf(node, walk);
  for (const each of Array.isArray(value) ? value : [value]) {
    if (typeof each !== "object" || each === null || Array.isArray(each)) {
      if (each !== undefined) refuse(walk, node, "CFG-013", "`<<` takes a mapping, or a list of them");
      continue;
    }
    for (const [key, inner] of Object.entries(each)) {
      if (!Object.hasOwn(result, key)) assign(result, key, inner);
    }
  }
}

function assign(result: Mapping, key: string, value: Tree): void {
  if (key !== "__proto__") result[key] = value;
  else Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The text of a key; numbers and the like as they are written. Undefined for a collection or nothing. */
export function keyOf(node: Node | null): string | undefined {
  if (!isScalar(node) || node.value === null) return undefined;
  return typeof node.value === "string" ? node.value : node.source;
}

function lineOf(node: Node, walk: Walk): number {
  return walk.source.lines.linePos(rangeOf(node)?.start ?? 0).line;
}

function refuse(walk: Walk, node: Node, code: ConfigCode, message: string, hint?: string): Tree {
  const range = rangeOf(node) ?? { start: 0, end: 0 };
  walk.problems.push({ code, message, ...(hint === undefined ? {} : { hint }), range });
  return undefined;
}
