/** The files of a configuration: the one that was named and those it includes. */

import { basename, dirname, isAbsolute, join, normalize } from "node:path";

import { errorText } from "../lib/error-code.js";
import { glob, isPattern } from "./glob.js";
import { parseSource } from "./parse-source.js";
import type { Finding, Path, Problem } from "./problem.js";
import { readSource } from "./read-source.js";
import { placeOf, type Source } from "./source.js";
import { isMapping, type Tree, treeOf } from "./tree.js";
import type { Environment } from "./variables.js";

const MAX_FILES = 1_000;

/** One file that was read: its tree, or only its problems. */
export interface ReadFile {
  readonly file: string;
  readonly source?: Source;
  readonly tree?: Tree;
  readonly problems: readonly Problem[];
}

export async function readConfigFile(path: string, file: string, env: Environment): Promise<ReadFile> {
  const read = await readSource(path, file);
  if (!read.ok) return { file, problems: [read.problem] };
  const parsed = parseSource(file, read.text);
  if (!parsed.ok) return { file, problems: parsed.problems };
  const { source } = parsed;
  const { tree, problems } = treeOf(source, env);
  return {
    file,
    source,
    tree,
    problems: problems.map(({ range, severity, ...rest }) => ({
      ...rest,
      severity: severity ?? "error",
      file,
      place: placeOf(source, range),
    })),
  };
}

export interface Included {
  readonly files: readonly ReadFile[];
  readonly findings: readonly Finding[];
}

/** The files that the main file includes, each once, in the order of its patterns and then of their names. */
export async function readIncludes(main: ReadFile, mainPath: string, env: Environment): Promise<Included> {
  const { names, findings } = await namesOf(main.tree, mainPath);
  const files: ReadFile[] = [];
  for (const [name, path] of [...names].slice(0, MAX_FILES)) {
    const onDisk = isAbsolute(name) ? name : join(dirname(mainPath), name);
    const shown = isAbsolute(name) ? name : join(dirname(main.file), name);
    const file = await readConfigFile(onDisk, shown, env);
    const [problem] = file.problems;
    const isAway = problem?.code === "CFG-001" || problem?.code === "CFG-002";
    if (isAway) findings.push({ code: "CFG-024", path, message: `${shown}: ${problem.message}` });
    else files.push(file);
  }
  return { files, findings };
}

/** The names to include, each with the place that asks for it. */
async function namesOf(
  tree: Tree,
  mainPath: string,
): Promise<{ readonly names: ReadonlyMap<string, Path>; readonly findings: Finding[] }> {
  const names = new Map<string, Path>();
  const findings: Finding[] = [];
  const given = isMapping(tree) ? tree.include : undefined;
  const patterns = given === undefined ? [] : Array.isArray(given) ? given : [given];
  for (const [index, pattern] of patterns.entries()) {
    const path = Array.isArray(given) ? ["include", index] : ["include"];
    // What is no path is told with the other keys of the file.
    if (typeof pattern !== "string" || pattern === "") continue;
    const result = await expand(pattern, dirname(mainPath));
    if (typeof result === "string") findings.push(notFound(pattern, path, result));
    else for (const name of result) if (!names.has(name)) names.set(name, path);
  }
  names.delete(basename(mainPath));
  if (names.size > MAX_FILES) {
    findings.push({ code: "CFG-023", path: ["include"], message: `more than ${MAX_FILES} files` });
  }
  return { names, findings };
}

/** Relative names where they can be; or why there are none. */
async function expand(pattern: string, folder: string): Promise<readonly string[] | string> {
  if (!isPattern(pattern)) {
    return [isAbsolute(pattern) ? pattern : normalize(pattern)];
  }
  try {
    const found = isAbsolute(pattern)
      ? (await glob("/", pattern)).map((name) => `/${name}`)
      : await glob(folder, pattern);
    return found.length > 0 ? found : "nothing matches";
  } catch (error) {
    return errorText(error);
  }
}

function notFound(pattern: string, path: Finding["path"], reason: string): Finding {
  const nothing = reason === "nothing matches";
  return {
    code: nothing ? "CFG-029" : "CFG-024",
    ...(nothing ? { severity: "warning" as const } : {}),
    path,
    message: nothing
      ? `no file matches \`${pattern}\``
      : `\`${pattern}\` cannot be looked through: ${reason}`,
  };
}
