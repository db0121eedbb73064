/** A folder with configuration files, and what loading them gives. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { renderProblems } from "../../src/config/diagnostics.js";
import { loadConfig, type LoadOptions, type LoadResult } from "../../src/config/load.js";
import type { Plan, RulePlan } from "../../src/domain/plan.js";

export type Loaded = Extract<LoadResult, { readonly ok: true }>;

/** Writes the files below a fresh folder and loads `tocsin.yaml`. */
export async function loadFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-config-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const result = await loadConfig(join(folder, "tocsin.yaml"), { env: {}, ...options });
    return withoutFolder(result, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same for one file that must be valid. */
export async function loadText(text: string, options: Partial<LoadOptions> = {}): Promise<Loaded> {
  const result = await loadFiles({ "tocsin.yaml": text }, options);
  if (result.ok) return result;
  throw new Error(renderProblems(result.problems));
}

/** `line:column code message`, one for each problem of one file. */
export async function problemsOf(
  text: string,
  options: Partial<LoadOptions> = {},
): Promise<readonly string[]> {
  const result = await loadFiles({ "tocsin.yaml": text }, options);
  return (result.ok ? result.warnings : result.problems).map(
    ({ place, code, message }) => `${place?.line ?? 0}:${place?.column ?? 0} ${code} ${message}`,
  );
}

function withoutFolder(result: LoadResult, folder: string): LoadResult {
  return JSON.parse(JSON.stringify(result).replaceAll(`${folder}/`, "")) as LoadResult;
}

/** One rule of a plan by `system/service/check/rule`. */
export function ruleAt(plan: Plan, id: string): RulePlan {
  const [system, service, check, rule] = id.split("/");
  const found = plan.systems
    .find(({ name }) => name === system)
    ?.services.find(({ name }) => name === service)
    ?.checks.find(({ name }) => name === check)
    ?.rules.find(({ name }) => name === rule);
  if (found === undefined) throw new Error(`no rule ${id}`);
  return found;
}
