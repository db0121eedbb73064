import { describe, expect, it } from "@jest/globals";

import { spokenDuration, spokenSize } from "../../src/lib/spoken.js";

describe("amounts as a person says them", () => {
  it.each([
    [0.4, "0 ms"],
    [2.3, "2 ms"],
    [999.7, "1 s"],
    [1_000, "1 s"],
    [1_540, "1.5 s"],
    [10_000, "10 s"],
    [119_000, "119 s"],
    [120_000, "2 min"],
    [7_199_000, "120 min"],
    [7_200_000, "2 h"],
    [172_800_000, "2 days"],
    [302_400_000, "3 days"],
  ])("%d ms is %s", (ms, text) => {
    expect(spokenDuration(ms)).toBe(text);
  });

  it.each([
    [1, "1 byte"],
    [17, "17 bytes"],
    [65_536, "64 KiB"],
    [1_572_864, "1.5 MiB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(spokenSize(bytes)).toBe(text);
  });
});
