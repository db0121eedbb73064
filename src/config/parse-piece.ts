/** One piece of the tree through one schema; what is wrong with it is added to the findings. */

import type { z } from "zod";

import { findingsOf } from "./issues.js";
import { knownKeys } from "./known-keys.js";
import type { Finding, Path } from "./problem.js";
import type { Registries } from "./registries.js";
import type { Tree } from "./tree.js";
import { type MappingKind, withoutUnsupported } from "./unsupported.js";

export interface Parsing {
  readonly registries: Registries;
  readonly findings: Finding[];
}

/** What the schema makes of the piece; undefined when it has the wrong form. `kind` names those with keys not supported yet. */
export function parse<S extends z.ZodType>(
  schema: S,
  tree: Tree,
  path: Path,
  parsing: Parsing,
  kind?: MappingKind,
): z.output<S> | undefined {
  const supported = kind === undefined ? { tree, findings: [] } : withoutUnsupported(kind, tree, path);
  const result = schema.safeParse(supported.tree);
  parsing.findings.push(...supported.findings);
  if (result.success) return result.data;
  const keys = (at: Path): readonly string[] => knownKeys(schema, at);
  parsing.findings.push(...findingsOf(result.error.issues, { path, value: supported.tree, keys }));
  return undefined;
}
