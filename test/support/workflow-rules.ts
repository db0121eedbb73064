/** What replay asks of workflow code, checked on its sources: imports from the sandbox's side only, and no state outside functions. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { stateFaults, typesIn } from "./workflow-state.js";

/** A breach of a rule: `workflows/x.ts:12 imports "node:fs"`. Paths are relative to `root`. */
type Fault = string;

export interface RulesInput {
  /** Absolute path of the entry; what it reaches is checked. */
  readonly entry: string;
  /** Folder that paths are told from. */
  readonly root: string;
  /** Folders, absolute, whose modules may be reached. */
  readonly folders: readonly string[];
  readonly packages: readonly string[];
}

export interface RulesOutcome {
  /** Every module that the entry reaches, itself among them. */
  readonly modules: readonly string[];
  readonly faults: readonly Fault[];
}

/** Walks everything that `entry` imports, types too, and tells every breach. */
export function checkWorkflowRules(input: RulesInput): RulesOutcome {
  const sources = new Map<string, ts.SourceFile>();
  const faults: Fault[] = [];
  const queue = [input.entry];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (sources.has(path)) continue;
    const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true);
    sources.set(path, source);
    for (const { specifier, node } of importsOf(source)) {
      const target = specifier.startsWith(".") ? resolve(path, specifier) : undefined;
      const allowed =
        target === undefined
          ? input.packages.includes(specifier)
          : input.folders.some((folder) => target.startsWith(`${folder}/`));
      if (!allowed) faults.push(`${place(input.root, source, node)} imports "${specifier}"`);
      else if (target !== undefined) queue.push(target);
    }
  }
  const types = typesIn([...sources.values()]);
  for (const source of sources.values()) {
    for (const { node, what } of stateFaults(source, types)) {
      faults.push(`${place(input.root, source, node)} ${what}`);
    }
  }
  return { modules: [...sources.keys()].sort(), faults: faults.sort() };
}

interface Import {
  readonly specifier: string;
  readonly node: ts.Node;
}

/** Static and dynamic imports, re-exports and `import("…")` types. */
function importsOf(source: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  const add = (text: ts.Node | undefined, node: ts.Node): void => {
    if (text && ts.isStringLiteralLike(text)) found.push({ specifier: text.text, node });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier, node);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, node);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], node);
    } else if (ts.isCallExpression(node) && node.expression.getText(source) === "require") {
      add(node.arguments[0], node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function resolve(from: string, specifier: string): string {
  const path = join(dirname(from), specifier.replace(/\.js$/, ".ts"));
  if (!existsSync(path)) throw new Error(`${from} imports ${specifier}, which is not there`);
  return path;
}

function place(root: string, source: ts.SourceFile, node: ts.Node): string {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
  return `${relative(root, source.fileName)}:${line + 1}`;
}
