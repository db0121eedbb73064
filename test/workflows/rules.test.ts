import { describe, expect, it } from "@jest/globals";
import { join } from "node:path";
import { packageRoot } from "../../src/lib/package-root.js";
import { WORKFLOWS_PATH } from "../support/workflow-bundle.js";
import { checkWorkflowRules } from "../support/workflow-rules.js";

const packages = ["@temporalio/workflow", "@temporalio/common"];

describe("the rules of workflow code", () => {
  it("hold for everything that the workflows reach", () => {
    const { modules, faults } = checkWorkflowRules({
      entry: WORKFLOWS_PATH,
      root: packageRoot,
      folders: [join(packageRoot, "workflows"), join(packageRoot, "src", "domain")],
      packages,
    });
    expect(faults).toEqual([]);
    expect(modules).toContain(join(packageRoot, "workflows", "monitor.ts"));
    expect(modules).toContain(join(packageRoot, "src", "domain", "ids.ts"));
  });

  it("are told, breach by breach, where they are broken", () => {
    const folder = join(packageRoot, "test", "fixtures", "workflow-rules");
    const { faults } = checkWorkflowRules({
      entry: join(folder, "index.ts"),
      root: folder,
      folders: [folder],
      packages,
    });
    expect(faults).toEqual([
      'index.ts:1 imports "node:fs"',
      'index.ts:11 imports "yaml"',
      'index.ts:12 imports "node:http"',
      'index.ts:3 imports "@temporalio/client"',
      'index.ts:4 imports "../../../src/lib/duration.js"',
      'index.ts:8 imports "node:path"',
      "stateful.ts:10 has seen, which can be changed",
      "stateful.ts:11 has cache, which can be changed",
      "stateful.ts:12 has list, which can be changed",
      "stateful.ts:13 has table, which can be changed",
      "stateful.ts:14 has loose, which can be changed",
      "stateful.ts:15 has half, which can be changed",
      "stateful.ts:16 has matcher, which can be changed",
      "stateful.ts:17 has values, which can be changed",
      "stateful.ts:18 has made, which can be changed",
      "stateful.ts:21 has the static member total",
      "stateful.ts:24 does something when it is loaded",
      "stateful.ts:27 touches globalThis",
      "stateful.ts:8 has the variable counter",
      "stateful.ts:9 has the variable ancient",
    ]);
  });
});
