import { describe, expect, it } from "@jest/globals";

import { openFileLimit, openFiles } from "../../src/lib/file-limit.js";

describe("the open-file limit", () => {
  it("is what the system says, and there is room below it", () => {
    const limit = openFileLimit();
    if (process.platform !== "linux") return;
    expect(limit?.soft).toBeGreaterThan(openFiles() ?? Infinity);
    expect(limit?.hard).toBeGreaterThanOrEqual(limit?.soft ?? Infinity);
  });
});
