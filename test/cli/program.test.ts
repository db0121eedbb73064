import { describe, expect, it } from "@jest/globals";
import type { Command } from "commander";

import { COMMAND_GROUPS } from "../../src/cli/commands.js";
import { buildProgram } from "../../src/cli/program.js";
import type { OpenInstallation } from "../../src/cli/installation.js";
import { TocsinError } from "../../src/errors.js";
import { nothingOpens, run } from "./world-installation.js";

const failing =
  (error: unknown): OpenInstallation =>
  () => {
    throw error;
  };

function wholeTree(): Promise<Command> {
  const io = {
    out: () => undefined,
    err: () => undefined,
    env: {},
    cwd: "/nowhere",
    width: 80,
    colors: { out: false, err: false },
    watched: false,
    now: () => 0,
    user: "ada",
  };
  return buildProgram({ io, open: nothingOpens, finish: () => undefined });
}

function leaves(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  return command.commands.flatMap((each) => {
    const own = [...path, each.name()];
    return each.name() === "help" ? [] : [own, ...leaves(each, own)];
  });
}

describe("tocsin", () => {
  it("prints its version", async () => {
    expect((await run(["--version"], nothingOpens)).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("alone says how it is used, and ends with 2", async () => {
    const { out, err, exit } = await run([], nothingOpens);
    expect({ out, exit }).toEqual({ out: "", exit: 2 });
    expect(err).toContain("Usage: tocsin [options] [command]");
  });

  it("lists every command in its help, in 80 columns", async () => {
    const { out } = await run(["--help"], nothingOpens);
    expect(out).toMatchSnapshot();
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("registers under the names by which modules are loaded", async () => {
    const tree = await wholeTree();
    const names = COMMAND_GROUPS.flatMap(({ commands }) => commands.map(({ name }) => name));
    expect(tree.commands.map((command) => command.name())).toEqual(names);
  });

  it("explains every command without reaching for anything", async () => {
    const paths = leaves(await wholeTree());
    for (const path of paths) {
      const { out, exit } = await run([...path, "--help"], nothingOpens);
      expect({ path, exit }).toEqual({ path, exit: 0 });
      expect(out).toContain(`Usage: tocsin ${path.join(" ").replace("incidents", "incidents|incident")}`);
    }
    expect(paths.length).toBeGreaterThan(25);
  });

  it("gives every reading command --json", async () => {
    const tree = await wholeTree();
    const reading = ["status", "alerts", "incidents", "why", "history", "check", "doctor"];
    const without = tree.commands
      .filter((command) => reading.includes(command.name()))
      .filter((command) => !command.options.some(({ long }) => long === "--json"));
    expect(without.map((command) => command.name())).toEqual([]);
  });
});

describe("an error", () => {
  it("is said with its code, what happened, and what to do", async () => {
    const thrown = new TocsinError("STO-002", "PostgreSQL 12 at db:5432");
    expect(await run(["alerts"], failing(thrown))).toMatchInlineSnapshot(`
     {
       "err": "error STO-002: PostgreSQL 12 at db:5432
     what to do: Use PostgreSQL 14 or newer, or leave DATABASE_URL unset so that \`tocsin up\` runs its own.
     ",
       "exit": 1,
       "out": "",
     }
    `);
  });

  it("that nobody has thought of is RUN-001, without a stack", async () => {
    const { err, exit } = await run(["alerts"], failing(new TypeError("x is undefined")));
    expect(exit).toBe(1);
    expect(err).toMatch(/^error RUN-001: x is undefined\nwhat to do: .+\n$/);
  });

  it("shows its stack and its cause with --debug", async () => {
    const thrown = new TocsinError("STO-001", "store: away", { cause: new Error("ECONNREFUSED") });
    const { err } = await run(["alerts", "--debug"], failing(thrown));
    expect(err).toMatch(/TocsinError: store: away\n\s+at .+caused by Error: ECONNREFUSED/s);
  });

  it("cannot take over the terminal with what it quotes", async () => {
    const { err } = await run(["alerts"], failing(new Error("\u001b]0;owned\u0007")));
    expect(err).toContain("␛]0;owned␇");
  });
});
