import { describe, expect, it, jest } from "@jest/globals";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorkflowBundle } from "../../scripts/build-workflow-bundle.js";

jest.setTimeout(60_000);

describe("the workflow bundle", () => {
  it("holds every workflow that can be started", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tocsin-test-"));
    try {
      const target = join(folder, "dist", "bundle.js");
      const bytes = await buildWorkflowBundle(target);
      const code = await readFile(target, "utf8");
      expect(Buffer.byteLength(code)).toBe(bytes);
      for (const name of ["monitor", "incident", "doctor", "housekeeping"]) {
        expect(code.includes(`async function ${name}(`)).toBe(true);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
