/** One call of the command line: its surroundings, and how it ends. */

import type { Command } from "commander";

import type { ExitCode } from "../errors.js";
import type { ConnectionFlags } from "./context.js";
import { resolveContext } from "./context.js";
import type { Installation, OpenInstallation } from "./installation.js";
import type { Io } from "./io.js";
import type { Palette } from "./output/colors.js";
import { palette } from "./output/colors.js";

export interface Session {
  readonly io: Io;
  readonly open: OpenInstallation;
  /** Sets the exit code; the last one counts. */
  finish(code: ExitCode): void;
}

/** Adds a command's place to the tree. */
export type Register = (program: Command, session: Session) => void;

/** Opens what the flags name, runs `work`, lets everything go, and takes the exit code that `work` answers. */
export async function withInstallation(
  session: Session,
  flags: ConnectionFlags,
  work: (installation: Installation) => Promise<ExitCode>,
): Promise<void> {
  const installation = session.open(resolveContext(flags, session.io), (line) => {
    note(session.io, line);
  });
  try {
    session.finish(await work(installation));
  } finally {
    await installation.close();
  }
}

/** A line for the person, beside the data. */
export function note(io: Io, line: string): void {
  io.err(`${line}\n`);
}

export function say(io: Io, lines: readonly string[]): void {
  if (lines.length > 0) io.out(`${lines.join("\n")}\n`);
}

export function colorsOf(io: Io): Palette {
  return palette(io.colors.out);
}
