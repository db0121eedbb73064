/** From files to a plan, or to everything that is wrong with them. */

import { resolve } from "node:path";

import type { Plan } from "../domain/plan.js";
import { sortProblems } from "./diagnostics.js";
import { readConfigFile, readIncludes } from "./include.js";
import { locateAll } from "./locate.js";
import { mergeFiles } from "./merge.js";
import { parseConfig } from "./parse-config.js";
import { buildPlan } from "./plan.js";
import type { Finding, Problem } from "./problem.js";
import { allRegistries, type Registries } from "./registries.js";
import { review } from "./review.js";
import type { Environment } from "./variables.js";
import { checks } from "./walk.js";

export interface LoadOptions {
  /** For `${NAME}`; secrets are not read here. */
  readonly env: Environment;
  /** Check types and notifiers; all that this program has unless given. */
  readonly registries?: Registries;
  /** The plan that is applied now: its services stay with their monitors. */
  readonly previousPlan?: Plan;
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly plan: Plan;
      readonly warnings: readonly Problem[];
    }
  | {
      readonly ok: false;
      /** Sorted; errors and warnings, at least one error. */
      readonly problems: readonly Problem[];
    };

/** Reads, validates and plans. Never rejects because of what is in the files; `path` is shown as it is given. */
export async function loadConfig(path: string, options: LoadOptions): Promise<LoadResult> {
  const { env, registries = allRegistries, previousPlan } = options;
  const mainPath = resolve(path);
  const main = await readConfigFile(mainPath, path, env);
  const included = await readIncludes(main, mainPath, env);
  const files = [main, ...included.files];
  const merged = mergeFiles(files);
  const sources = files.flatMap(({ source }) => source ?? []);
  const names = files.map(({ file }) => file);
  const problems = [...files.flatMap((file) => file.problems), ...merged.problems];
  const findings: Finding[] = [...included.findings];
  const isReadable = main.source !== undefined && !problems.some(leavesHole);
  const config = isReadable ? parseConfig(merged.tree, { registries, findings }) : undefined;
  // With a file missing, half of what refers to something would refer to nothing.
  const isWhole = files.every(({ source }) => source !== undefined);
  if (config !== undefined && isWhole) findings.push(...unsaid(review(config), findings));
  const located = sources.length === 0 ? [] : locateAll(findings, sources);
  const own = located.filter((problem) => !problems.some((cause) => isConsequence(problem, cause)));
  const all = sortProblems([...problems, ...own], names);
  const hasErrors = all.some(({ severity }) => severity === "error");
  if (config === undefined || hasErrors) return { ok: false, problems: all };
  const plan = buildPlan(config, previousPlan);
  const warnings = checks(config).length === 0 ? [...all, nothingWatched(path)] : all;
  return { ok: true, plan, warnings };
}

/** A value whose form is wrong was told as such: that it may be a secret beside says nothing more. */
function unsaid(reviewed: readonly Finding[], said: readonly Finding[]): readonly Finding[] {
  const places = new Set(said.map(({ path }) => path.join("\0")));
  return reviewed.filter(({ code, path }) => code !== "CFG-015" || !places.has(path.join("\0")));
}

function nothingWatched(file: string): Problem {
  return { code: "CFG-029", severity: "warning", file, message: "nothing is watched: there are no checks" };
}

/** An alias that could not be followed leaves a hole where a value should be. */
function leavesHole({ code, severity }: Problem): boolean {
  return severity === "error" && (code === "CFG-006" || code === "CFG-008");
}

/** A text whose variable has no value is not what it was meant to be: what else is wrong with it says nothing. */
function isConsequence({ file, place }: Problem, cause: Problem): boolean {
  if (cause.code !== "CFG-016" || cause.file !== file || place?.line !== cause.place?.line) return false;
  const column = cause.place?.column ?? 0;
  return place !== undefined && place.column <= column && column < place.endColumn;
}
