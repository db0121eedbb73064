/** Starts one of the small workflows in the harness. */

import { join } from "node:path";
import { packageRoot } from "../../../src/lib/package-root.js";
import { workflowBundle } from "../workflow-bundle.js";
import { startWorkflow, type HarnessOptions, type WorkflowHarness } from "../workflow-harness.js";

export const HARNESS_WORKFLOWS = join(packageRoot, "test", "support", "harness-workflows", "index.ts");

export async function startHarnessWorkflow(
  options: Omit<HarnessOptions, "workflowId" | "args"> & Partial<HarnessOptions>,
): Promise<WorkflowHarness> {
  const { code } = await workflowBundle(HARNESS_WORKFLOWS);
  return startWorkflow({ workflowId: options.type, args: [], bundleCode: code, ...options });
}
