/** Several files made one configuration: names may come from any of them, and nothing is said twice. */

import type { ReadFile } from "./include.js";
import { locate } from "./locate.js";
import type { Finding, Path, Problem } from "./problem.js";
import { isMapping, type Mapping, type Tree } from "./tree.js";

/** Where the entries of two files stand side by side; everything else may be in one file only. */
const JOINED: readonly Path[] = [
  ["notifiers"],
  ["policies"],
  ["systems"],
  ["systems", "*"],
  ["systems", "*", "services"],
];

export interface Merged {
  readonly tree: Tree;
  readonly problems: readonly Problem[];
}

/** The first file is the main one: it alone may have `include`, and must have the format version. */
export function mergeFiles(files: readonly ReadFile[]): Merged {
  const [main, ...included] = files;
  const problems: Problem[] = [];
  let tree: Tree = main?.tree;
  const owners = new Map<string, string>();
  if (main !== undefined) claim(tree, [], main.file, owners);
  for (const file of included) {
    const { source } = file;
    if (source === undefined || file.tree === undefined) continue;
    const report = (finding: Finding): void => void problems.push(locate(finding, [source]));
    const own = withoutHead(file.tree, report);
    if (own === undefined) continue;
    tree = join(tree, own, [], { file: file.file, owners, report });
  }
  return { tree, problems };
}

/** What an included file adds; undefined when it is no mapping. */
function withoutHead(tree: Tree, report: (finding: Finding) => void): Mapping | undefined {
  if (!isMapping(tree)) {
    report({ code: "CFG-009", path: [], message: "an included file must be a mapping of keys to values" });
    return undefined;
  }
  const { include, tocsin, ...rest } = tree;
  if (include !== undefined) {
    const message = "an included file cannot include others";
    report({
      code: "CFG-024",
      path: ["include"],
      at: "key",
      message,
      hint: "include all of them in the main file",
    });
  }
  if (tocsin !== undefined && tocsin !== 1) {
    report({ code: "CFG-010", path: ["tocsin"], message: "expected format version 1" });
  }
  return rest;
}

interface Joining {
  readonly file: string;
  readonly owners: Map<string, string>;
  readonly report: (finding: Finding) => void;
}

function join(into: Tree, from: Mapping, path: Path, joining: Joining): Tree {
  if (!isMapping(into)) return into;
  const result: Mapping = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const here = [...path, key];
    const present = Object.hasOwn(result, key) ? result[key] : undefined;
    if (present === undefined) {
      result[key] = value;
      claim(value, here, joining.file, joining.owners);
    } else if (isJoined(here) && isMapping(present) && isMapping(value)) {
      result[key] = join(present, value, here, joining);
    } else {
      const other = joining.owners.get(here.join("\0")) ?? "another file";
      const message = `\`${key}\` is in ${other} as well`;
      joining.report({ code: "CFG-007", path: here, at: "key", message, hint: "keep it in one of the two" });
    }
  }
  return result;
}

function isJoined(path: Path): boolean {
  return JOINED.some(
    (pattern) =>
      pattern.length === path.length && pattern.every((step, i) => step === "*" || step === path[i]),
  );
}

/** Remembers which file a key came from, as deep as keys of two files can meet. */
function claim(tree: Tree, path: Path, file: string, owners: Map<string, string>): void {
  owners.set(path.join("\0"), file);
  if (!isMapping(tree) || path.length > 4) return;
  for (const [key, value] of Object.entries(tree)) claim(value, [...path, key], file, owners);
}
