import { execFileSync } from "node:child_process";

import { beforeAll, describe, expect, it } from "@jest/globals";

import { nothingOpens, run } from "./world-installation.js";

let script: string;

beforeAll(async () => {
  script = (await run(["completion", "bash"], nothingOpens)).out;
});

/** What bash offers after this line; its last word may be unfinished. */
function offered(line: string): readonly string[] {
  const words = line.split(" ").map((word) => `'${word}'`);
  const asked = `COMP_WORDS=(${words.join(" ")}); COMP_CWORD=${words.length - 1}; _tocsin; echo "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-c", `${script}\n${asked}`], { encoding: "utf8" });
  return out.trim().split(" ").filter(Boolean);
}

describe("the completion of bash", () => {
  it.each([
    { line: "tocsin stat", words: ["status"] },
    { line: "tocsin sch", words: ["schedules"] },
    { line: "tocsin schedules p", words: ["pause"] },
    { line: "tocsin schedules pause ho", words: ["housekeeping"] },
    { line: "tocsin deadletters re", words: ["retry"] },
    { line: "tocsin why --si", words: ["--since"] },
    { line: "tocsin why shop/api --al", words: ["--all"] },
    { line: "tocsin incident --op", words: ["--open"] },
    { line: "tocsin --deb", words: ["--debug"] },
    { line: "tocsin nothing", words: [] },
  ])("offers $words after: $line", ({ line, words }) => {
    expect(offered(line)).toEqual(words);
  });
});

describe("the completion of other shells", () => {
  it("is that of bash for zsh, which has it emulated", async () => {
    const { out } = await run(["completion", "zsh"], nothingOpens);
    expect(out).toBe(`#compdef tocsin\nautoload -U +X bashcompinit && bashcompinit\n${script}`);
  });

  it("has a line for every place in fish", async () => {
    const { out } = await run(["completion", "fish"], nothingOpens);
    const pause = out.split("\n").find((line) => line.includes("housekeeping") && line.includes("pause"));
    expect(pause).toMatch(/^complete -c tocsin -n "__fish_seen_subcommand_from schedules; and /);
  });
});
