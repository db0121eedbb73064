/**
 * Writes the generated pages of docs/ and deploy/, or, with --check, says which differ from what is committed. The sources are the
 * registries, the catalogue of errors and the definitions of metrics, so a page cannot say what the program does not do.
 */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import type { ApiDependencies } from "../src/api/dependencies.js";
import { createApi } from "../src/api/server.js";
import { checkTypes } from "../src/checks/registry.js";
import { CATALOGUE } from "../src/errors.js";
import { packageRoot } from "../src/lib/package-root.js";
import { notifiers } from "../src/notifiers/registry.js";
import { metricsPage } from "./metrics-page.js";
import { dashboard } from "./tocsin-dashboard.js";
import { rulesFile } from "./tocsin-rules.js";

const EXITS = { 0: "0", 1: "1 (findings)", 2: "2 (usage)", 3: "3 (cannot reach)" } as const;

/** Describing a route calls none of it. */
const nothingBehind = new Proxy({} as ApiDependencies, {
  get: (_target, name) =>
    name === "keyring" ? {} : () => Promise.reject(new Error(`${String(name)} is not here`)),
});

function errorsPage(): string {
  const codes = Object.entries(CATALOGUE).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = codes.map(
    ([code, { meaning, remedy, exit }]) =>
      `## ${code}\n\n${meaning}\n\n**What to do.** ${remedy}\n\nExit code ${EXITS[exit]}.\n`,
  );
  return `# Errors\n\nEvery error a person sees has a code. Codes are never reused. This page is generated from \`src/errors.ts\`.\n\n${sections.join("\n")}`;
}

function indexPage(
  title: string,
  entries: readonly { readonly type: string; readonly summary: string }[],
): string {
  const rows = entries.map(({ type, summary }) => `- [\`${type}\`](${type}.md): ${summary}`);
  return `# ${title}\n\nThis index is generated from the registry.\n\n${rows.join("\n")}\n`;
}

/** As the listener serves it, from the routes as they are; nothing is asked of what is behind them. */
async function openapi(): Promise<string> {
  const api = await createApi(nothingBehind, { loopback: true });
  await api.ready();
  const text = JSON.stringify(api.swagger(), null, 2);
  await api.close();
  return formatted(text, "json");
}

async function formatted(text: string, parser: "json" | "yaml"): Promise<string> {
  return format(text, { ...(await resolveConfig(join(packageRoot, "docs", "any"))), parser });
}

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/openapi.json": openapi,
  "docs/errors.md": errorsPage,
  "docs/checks/README.md": () => indexPage("Check types", checkTypes),
  "docs/metrics.md": metricsPage,
  "deploy/prometheus/rules.yaml": () => formatted(rulesFile(), "yaml"),
  "deploy/grafana/tocsin.json": () => formatted(dashboard(), "json"),
  "docs/notifiers/README.md": () => indexPage("Notifiers", notifiers),
};

async function current(path: string): Promise<string> {
  const folder = await readdir(join(packageRoot, path, ".."));
  return folder.includes(path.split("/").at(-1) ?? "") ? readFile(join(packageRoot, path), "utf8") : "";
}

async function main(check: boolean): Promise<number> {
  const stale: string[] = [];
  for (const [path, page] of Object.entries(PAGES)) {
    const wanted = await page();
    if ((await current(path)) === wanted) continue;
    stale.push(path);
    if (!check) await writeFile(join(packageRoot, path), wanted);
  }
  for (const path of stale)
    process.stderr.write(`${check ? "differs from its source" : "written"}: ${path}\n`);
  if (check && stale.length > 0) process.stderr.write("run: npm run docs\n");
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes("--check"));
