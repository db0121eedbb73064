import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";

import { doubts, misaimed } from "../../src/domain/command-doubts.js";

const FIELDS = ["by", "note", "for", "alerts"];

describe("a command's input", () => {
  it.each([
    [undefined],
    [null],
    [{}],
    [{ by: "ada", note: "", for: null, command_id: "x", episode: 7 }],
    [{ for: 1_000, alerts: ["a", "b"] }],
    [{ alerts: "a" }],
  ])("is understood: %j", (raw) => {
    expect(doubts(raw, FIELDS)).toBeUndefined();
  });

  it.each([
    [{ forr: "2h" }, "'forr' is not among its fields (by, note, for, alerts)"],
    [{ a: 1, b: 2, note: "x" }, "'a', 'b' are not among its fields (by, note, for, alerts)"],
    [{ by: { name: "ada" } }, "'by' cannot be read"],
    [
      { txt: "x", note: [{}] },
      "'txt' is not among its fields (by, note, for, alerts); 'note' cannot be read",
    ],
    ["by ada", 'its input is not an object like {"by": "ana"}'],
    [[{ by: "ada" }], 'its input is not an object like {"by": "ana"}'],
  ])("is told what of it was not: %j", (raw, text) => {
    expect(doubts(raw, FIELDS)).toBe(text);
  });

  it("is named in few words, whatever it is", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect((doubts(raw, FIELDS) ?? "").length).toBeLessThan(600);
      }),
    );
  });
});

describe("a command that is narrowed to a part", () => {
  const MONITOR = ["service", "check"];
  const INCIDENT = ["alerts", "episode"];

  it.each<[unknown, readonly string[]]>([
    [undefined, MONITOR],
    [null, MONITOR],
    [{}, MONITOR],
    [{ service: "api", check: "" }, MONITOR],
    [{ service: null }, MONITOR],
    [{ alerts: "shop/api/ready/down", episode: "1769850300" }, INCIDENT],
    [{ alerts: ["shop/api/ready/down"], episode: 7 }, INCIDENT],
    ["by ada", INCIDENT],
    ["anything", []],
  ])("is taken: %j", (raw, aims) => {
    expect(misaimed(raw, aims)).toBeUndefined();
  });

  it.each<[unknown, readonly string[], string]>([
    [{ service: ["api"] }, MONITOR, "'service' cannot be used"],
    [{ service: "api", check: { name: "ready" } }, MONITOR, "'check' cannot be used"],
    [["api"], MONITOR, "its input is not an object"],
    ["api", MONITOR, "its input is not an object"],
    [{ alerts: [42] }, INCIDENT, "'alerts' cannot be used"],
    [{ alerts: [] }, INCIDENT, "'alerts' cannot be used"],
    [{ episode: { a: 1 } }, INCIDENT, "'episode' cannot be used"],
  ])("is refused rather than taken for everything: %j", (raw, aims, why) => {
    expect(misaimed(raw, aims)).toContain(why);
  });
});
