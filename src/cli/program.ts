/** The command tree, and the one place where whatever a command throws becomes words and an exit code. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Command, CommanderError } from "commander";

import type { ExitCode } from "../errors.js";
import { EXIT, TocsinError } from "../errors.js";
import { packageRoot } from "../lib/package-root.js";
import { COMMAND_GROUPS } from "./commands.js";
import type { OpenInstallation } from "./installation.js";
import { openInstallation } from "./installation.js";
import type { Io } from "./io.js";
import { printFailure } from "./output/failure.js";
import type { Session } from "./session.js";

/**
 * Runs one call of `tocsin`. `argv` has neither the interpreter nor the script. Never rejects: 0 ok, 1 findings, 2 usage, 3 cannot
 * reach.
 */
export async function runProgram(
  argv: readonly string[],
  io: Io,
  open: OpenInstallation = openInstallation,
): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const session: Session = { io, open, finish: (code) => void (exit = code) };
  try {
    const program = await buildProgram(
      session,
      argv.find((word) => !word.startsWith("-")),
    );
    await program.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return usageExit(io, error);
    return printFailure(io, error, wantsDebug(argv, io));
  }
}

/** The tree with the command of that name; with all of them when there is none, so that help and suggestions know every one. */
export async function buildProgram(session: Session, wanted?: string): Promise<Command> {
  const { io } = session;
  const program = new Command("tocsin")
    .description("Watches services and pages people; every decision survives a crash.")
    .version(packageVersion(), "-V, --version", "print the version")
    .option("--debug", "show the stack of an error")
    .option("--no-color", "no colours (also NO_COLOR)")
    .helpCommand("help [command]", "say how a command is used")
    .configureHelp({ helpWidth: Math.min(io.width, 100), sortOptions: false })
    .configureOutput({ writeOut: io.out, writeErr: io.err, outputError: () => undefined })
    .showSuggestionAfterError()
    .exitOverride();
  const all = COMMAND_GROUPS.flatMap(({ commands }) => commands);
  const known = all.some(({ name, whole }) => name === wanted && whole !== true);
  for (const { heading, commands } of COMMAND_GROUPS) {
    program.commandsGroup(heading);
    const loaded = commands.filter(({ name }) => !known || name === wanted).map(({ load }) => load());
    for (const register of await Promise.all(loaded)) register(program, session);
  }
  for (const command of descendants(program)) {
    command.exitOverride().configureOutput(program.configureOutput()).configureHelp(program.configureHelp());
  }
  return program;
}

/** Commander has already printed help and version; a mistake is printed here, as every error is. */
function usageExit(io: Io, error: CommanderError): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  // `tocsin` or `tocsin schedules` alone: the help that was asked for by saying too little.
  if (error.code === "commander.help") return EXIT.usage;
  return printFailure(io, new TocsinError("CLI-001", error.message.replace(/^error: /, "")), false);
}

function descendants(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => [each, ...descendants(each)]);
}

function wantsDebug(argv: readonly string[], io: Io): boolean {
  return argv.includes("--debug") || (io.env.TOCSIN_DEBUG ?? "") !== "";
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    version: string;
  };
  return version;
}
