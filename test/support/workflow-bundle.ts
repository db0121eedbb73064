/** Bundles workflow code once for all test files: the bundle lies in the temporary folder under the hash of what went into it. */

import { jest } from "@jest/globals";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { packageRoot } from "../../src/lib/package-root.js";

// The first test that needs a bundle on this machine builds it, which takes seconds when the machine is busy.
jest.setTimeout(60_000);

export interface WorkflowBundle {
  /** The bundled code with its inline source map, as `Worker` takes it. */
  readonly code: string;
  /** Where it lies. */
  readonly path: string;
}

const PREFIX = "tocsin-workflow-bundle-";
const LONGEST_BUILD_MS = 50_000;
const KEPT_MS = 86_400_000;

/** The entry of the product's own workflow code. */
export const WORKFLOWS_PATH = join(packageRoot, "workflows", "index.ts");

/**
 * The bundle of the workflows that `workflowsPath` exports. Built when anything in its folder, in `src/domain/` or in the locked
 * dependencies has changed since the last build on this machine.
 */
export async function workflowBundle(workflowsPath: string = WORKFLOWS_PATH): Promise<WorkflowBundle> {
  const path = join(tmpdir(), `${PREFIX}${sourceHash(workflowsPath)}.js`);
  if (!existsSync(path)) await build(workflowsPath, path);
  return { code: readFileSync(path, "utf8"), path };
}

async function build(workflowsPath: string, path: string): Promise<void> {
  const lock = `${path}.building`;
  if (!takeLock(lock)) {
    await built(path, lock);
    return;
  }
  try {
    forgetOldBundles();
    // Loaded only when there is something to build: webpack takes a second to load.
    const { bundleWorkflowCode, DefaultLogger } = await import("@temporalio/worker");
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("WARN") });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, path);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** One of several test processes builds, the others wait for it; a builder that was killed is waited for no longer than it would take. */
function takeLock(lock: string): boolean {
  const age = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (age !== undefined && Date.now() - age > LONGEST_BUILD_MS)
    rmSync(lock, { recursive: true, force: true });
  return mkdirSync(`${lock}/mine`, { recursive: true }) === lock;
}

async function built(path: string, lock: string): Promise<void> {
  const giveUpAt = performance.now() + LONGEST_BUILD_MS;
  while (existsSync(lock) && performance.now() < giveUpAt) await pause(50);
  if (!existsSync(path))
    throw new Error("the workflows could not be bundled: see the test file that ran first");
}

function forgetOldBundles(): void {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(PREFIX))) {
    const path = join(tmpdir(), name);
    const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - written > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
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
