/** Bundles the workflows with a deliberate change: what a replay must notice. */

import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../src/lib/package-root.js";

/** Gets the text of one file of `workflows/` and returns it, changed or not. */
export type Change = (text: string) => string;

const IMPORTS = `import { sleep as extraSleep, workflowInfo as extraInfo } from "@temporalio/workflow";\n`;

/** One timer more, before anything else a workflow does. */
export const EXTRA_TIMER_AT_START: Change = (text) =>
  IMPORTS +
  text.replace(/(export async function \w+\([^)]*\): Promise<[^{]*)\{/g, "$1{ await extraSleep(1);");

/** One timer more in every turn of the main loop, once the history is longer than a few events. */
export const EXTRA_TIMER_IN_LOOP: Change = (text) =>
  IMPORTS +
  text.replace(/for \(;;\) \{/g, "for (;;) { if (extraInfo().historyLength > 12) await extraSleep(1);");

/** The bundle's code. Fails when the change touches nothing. */
export async function changedBundle(change: Change): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tocsin-changed-"));
  try {
    for (const part of ["workflows", join("src", "domain")]) {
      await cp(join(packageRoot, part), join(folder, part), { recursive: true });
    }
    await changeFiles(join(folder, "workflows"), change);
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(folder, "workflows", "index.ts"),
      logger: new DefaultLogger("WARN"),
      webpackConfigHook: (config) => ({
        ...config,
        resolve: { ...config.resolve, modules: [join(packageRoot, "node_modules")] },
      }),
    });
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function changeFiles(folder: string, change: Change): Promise<void> {
  let changed = 0;
  for (const name of (await readdir(folder)).filter((each) => each.endsWith(".ts"))) {
    const path = join(folder, name);
    const before = await readFile(path, "utf8");
    const after = change(before);
    if (after !== IMPORTS + before) changed += 1;
    await writeFile(path, after);
  }
  if (changed === 0) throw new Error("the change changed nothing");
}
