import { closeSync, openSync, writeSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";

import { fileTrouble } from "../../src/embedded/file-trouble.js";

const thrownBy = (act: () => void): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("a failed file operation", () => {
  test("on a full disk says so", () => {
    const full = thrownBy(() => {
      const file = openSync("/dev/full", "w");
      try {
        writeSync(file, "text");
      } finally {
        closeSync(file);
      }
    });
    expect(fileTrouble(full, "/data/state")).toMatchObject({
      code: "RUN-014",
      message: "no space left for /data/state (ENOSPC)",
    });
  });

  test.each([
    ["EACCES", "RUN-013"],
    ["EROFS", "RUN-013"],
    ["EDQUOT", "RUN-014"],
    ["ENOTDIR", "RUN-012"],
    ["EIO", "RUN-013"],
  ])("with %s is %s", (code, expected) => {
    expect(fileTrouble(Object.assign(new Error("x"), { code }), "/data")).toMatchObject({ code: expected });
  });
});
