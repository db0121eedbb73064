import { describe, expect, it } from "@jest/globals";

import { asCalled, called } from "../../src/cli/called-as.js";
import { processIo } from "../../src/cli/io.js";
import { printFailure } from "../../src/cli/output/failure.js";
import { TocsinError } from "../../src/errors.js";

const checkout = { TOCSIN_AS: "scripts/tocsin" };

describe("a command in a hint", () => {
  it.each([
    ["ack", {}, "tocsin ack"],
    ["up", {}, "tocsin up"],
    ["ack", checkout, "scripts/tocsin ack"],
    ["up", checkout, "scripts/up"],
    ["up", { TOCSIN_AS: "/opt/tocsin/scripts/tocsin" }, "/opt/tocsin/scripts/up"],
  ])("%s is typed as it is called: %j", (command, env, text) => {
    expect(called(command, env)).toBe(text);
  });

  it("is found in a text, and nothing else is", () => {
    const text = "Start it (tocsin up), or write `tocsin: 1`; `tocsin ack <system>/<service>`. Tocsin runs.";
    expect(asCalled(text, checkout)).toBe(
      "Start it (scripts/up), or write `tocsin: 1`; `scripts/tocsin ack <system>/<service>`. Tocsin runs.",
    );
  });

  it("stands in what to do about an error", () => {
    let said = "";
    const io = { ...processIo([]), env: checkout, err: (text: string) => void (said += text) };
    printFailure(io, new TocsinError("CLI-003", "no incident is open"), false);
    expect(said).toContain("what to do: `scripts/tocsin incidents` lists the open ones");
  });
});
