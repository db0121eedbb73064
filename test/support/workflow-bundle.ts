/** Bundles workflow code once for all test files: the bundle lies in the temporary folder under the hash of what went into it. */

import { jest } from "@jest/globals";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { packageRoot } from "../../src/lib/package-root.js";

// The first test that needs a bundle on this machine builds it, which takes seconds when the machine is busy.
jest.setTimeout(60_000);

export interface WorkflowBundle {
  /** The bundled code with its inline source map, as `Worker` takes it. */
  readonly code: string;
  /** Where it lies. */
  readonly path: string;
}

/** The entry of the product's own workflow code. */
export const WORKFLOWS_PATH = join(packageRoot, "workflows", "index.ts");

/**
 * The bundle of the workflows that `workflowsPath` exports. Built when anything in its folder, in `src/domain/` or in the locked
 * dependencies has changed since the last build on this machine; concurrent builders write the same bytes.
 */
export async function workflowBundle(workflowsPath: string = WORKFLOWS_PATH): Promise<WorkflowBundle> {
  const path = join(tmpdir(), `tocsin-workflow-bundle-${sourceHash(workflowsPath)}.js`);
  if (!existsSync(path)) await build(workflowsPath, path);
  return { code: readFileSync(path, "utf8"), path };
}

async function build(workflowsPath: string, path: string): Promise<void> {
  // Loaded only when there is something to build: webpack takes a second to load.
  const { bundleWorkflowCode, DefaultLogger } = await import("@temporalio/worker");
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, code);
  renameSync(draft, path);
}

function sourceHash(workflowsPath: string): string {
  const hash = createHash("sha256").update(relative(packageRoot, workflowsPath));
  const folders = [dirname(workflowsPath), join(packageRoot, "src", "domain")];
  const files = [...folders.flatMap(typescriptFiles), join(packageRoot, "package-lock.json")];
  for (const file of files) hash.update(`\0${relative(packageRoot, file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 20);
}

function typescriptFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}
