/** From a finding's place in the data to its place in the text of the file that holds it. */

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";

import { rangeOf, rangeWithin } from "./node-range.js";
import type { Finding, Path, Problem } from "./problem.js";
import { placeOf, type Range, type Source } from "./source.js";
import { keyOf } from "./tree.js";

/** What was found of a path: how many of its steps, and the nodes at the end of them. */
interface Found {
  readonly depth: number;
  readonly key?: Node;
  readonly value?: Node;
}

/** Points at what is deepest: of several files, the one that has most of the path; of a missing key, what it is missing from. */
export function locate(finding: Finding, sources: readonly Source[]): Problem {
  const [source, found] = deepest(finding.path, sources);
  const { code, message, hint } = finding;
  const problem = {
    code,
    severity: finding.severity ?? "error",
    message,
    ...(hint === undefined ? {} : { hint }),
    file: source?.file ?? "",
  } as const;
  if (source === undefined) return problem;
  const variable = finding.secret === undefined ? undefined : variableIn(found.value);
  const place = placeOf(
    source,
    rangeFor(finding, found, source),
    finding.secret === true && variable === undefined,
  );
  const better = code === "CFG-015" && variable !== undefined ? { hint: `write env:${variable}` } : {};
  return { ...problem, ...better, place };
}

/** All of them; what one of them hides is hidden from the lines of all. */
export function locateAll(findings: readonly Finding[], sources: readonly Source[]): readonly Problem[] {
  const located = findings.map((finding) => ({ finding, problem: locate(finding, sources) }));
  const hidden = located.flatMap(({ finding, problem }) => (finding.secret === true ? [problem] : []));
  return located.map(({ problem }) => hidden.reduce(withoutColumnsOf, problem));
}

function withoutColumnsOf(problem: Problem, secret: Problem): Problem {
  const { place } = problem;
  const { place: other } = secret;
  if (place === undefined || other === undefined) return problem;
  // The secret's own place shows what may be seen of it.
  if (problem.file !== secret.file || place.line !== other.line || place.column === other.column)
    return problem;
  const shown = other.text.slice(other.column - 1, other.endColumn - 1);
  const text = place.text.slice(0, other.column - 1) + shown + place.text.slice(other.endColumn - 1);
  return { ...problem, place: { ...place, text } };
}

/** Whoever wrote `${NAME}` for a secret has it in the environment already. */
function variableIn(value: Node | undefined): string | undefined {
  return isScalar(value) && typeof value.value === "string"
    ? /^\$\{(\w+)\}$/.exec(value.value)?.[1]
    : undefined;
}

function deepest(path: Path, sources: readonly Source[]): readonly [Source | undefined, Found] {
  let best: readonly [Source | undefined, Found] = [sources[0], { depth: 0 }];
  for (const source of sources) {
    const found = follow(source, path);
    if (found.depth > best[1].depth || source === sources[0]) best = [source, found];
  }
  return best;
}

function follow(source: Source, path: Path): Found {
  let node = resolve(source.document.contents, source);
  let key: Node | undefined;
  for (const [depth, step] of path.entries()) {
    const next = child(node, step, source);
    if (next === undefined) return { depth, ...(key === undefined ? {} : { key }), ...given(node) };
    key = next.key ?? key;
    node = resolve(next.value, source);
  }
  return { depth: path.length, ...(key === undefined ? {} : { key }), ...given(node) };
}

function given(node: Node | null): { readonly value?: Node } {
  return node === null ? {} : { value: node };
}

function child(
  node: Node | null,
  step: string | number,
  source: Source,
): { readonly key?: Node; readonly value: Node | null } | undefined {
  if (isSeq(node)) {
    const item = typeof step === "number" ? node.items[step] : undefined;
    return item === undefined ? undefined : { value: item as Node };
  }
  if (!isMap(node)) return undefined;
  const pairs = pairsOf(node);
  const pair = pairs.get(String(step));
  if (pair !== undefined) return { key: pair.key, value: pair.value };
  const merge = pairs.get("<<");
  if (merge !== undefined) {
    const target = resolve(merge.value, source);
    for (const each of isSeq(target) ? (target.items as Node[]) : [target]) {
      const inherited = child(resolve(each, source), step, source);
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}

type NodePair = Pair<Node, Node | null>;
const indexed = new WeakMap<YAMLMap, ReadonlyMap<string, NodePair>>();

/** The pairs of a mapping by their keys, made once: thousands of warnings may look into one mapping. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, NodePair> {
  const known = indexed.get(map);
  if (known !== undefined) return known;
  const pairs = new Map<string, NodePair>();
  for (const pair of map.items as readonly NodePair[]) {
    const key = keyOf(pair.key);
    if (key !== undefined && !pairs.has(key)) pairs.set(key, pair);
  }
  indexed.set(map, pairs);
  return pairs;
}

function resolve(node: Node | null, source: Source): Node | null {
  return isAlias(node) ? (node.resolve(source.document) ?? null) : node;
}

function rangeFor(finding: Finding, found: Found, source: Source): Range {
  const { key, value } = found;
  const complete = found.depth === finding.path.length;
  const keyRange = key === undefined ? undefined : rangeOf(key);
  if (!complete || finding.at === "key") return keyRange ?? { start: 0, end: 0 };
  if (finding.span !== undefined && isScalar(value)) return rangeWithin(source.text, value, finding.span);
  const valueRange = value === undefined ? undefined : rangeOf(value);
  const isEmpty = valueRange === undefined || valueRange.start === valueRange.end;
  return isEmpty ? (keyRange ?? { start: 0, end: 0 }) : valueRange;
}
