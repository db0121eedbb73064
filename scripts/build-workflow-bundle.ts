/** Bundles the workflows for production, so that workers load them instead of building them at every start. */

import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";

import { packageRoot } from "../src/lib/package-root.js";

/** Where workers look for it. */
const WORKFLOW_BUNDLE = join(packageRoot, "dist", "workflow-bundle.js");

/** Bundles `workflows/index.ts` into `target` and resolves to its size in bytes. A reader never sees half of it. */
export async function buildWorkflowBundle(target: string): Promise<number> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(packageRoot, "workflows", "index.ts"),
    logger: new DefaultLogger("WARN"),
  });
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, target);
  return Buffer.byteLength(code);
}

async function main(): Promise<void> {
  const bytes = await buildWorkflowBundle(WORKFLOW_BUNDLE);
  process.stdout.write(`${WORKFLOW_BUNDLE}: ${Math.round(bytes / 1024)} KiB\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) void main();
