import { describe, expect, it } from "@jest/globals";

import { commandDurationMs } from "../../src/domain/commands.js";

describe("the duration of a command", () => {
  it.each([
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["7d", 604_800_000],
    ["0s", 0],
    [1_500, 1_500],
    [0, 0],
  ])("%p is %p ms", (value, ms) => {
    expect(commandDurationMs(value)).toBe(ms);
  });

  it.each(["", "soon", "30", "m", "1.5h", "30 m", "-5m", "5m!", -1, Number.NaN, Infinity, undefined])(
    "%p is none",
    (value) => {
      expect(commandDurationMs(value)).toBeUndefined();
    },
  );
});
