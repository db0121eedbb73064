/** Gives a command to what runs and says how it was taken: answered, or left durably for a worker that will come. */

import { randomUUID } from "node:crypto";

import type { Command } from "commander";

import { EXIT, TocsinError } from "../errors.js";
import type { ExitCode } from "../errors.js";
import type { Told } from "../temporal/command.js";
import type { ConnectionFlags } from "./context.js";
import { withConnection } from "./context.js";
import type { Io } from "./io.js";
import { printEnvelope } from "./output/envelope.js";
import type { Session } from "./session.js";
import { note, say } from "./session.js";

export interface ActFlags extends ConnectionFlags {
  readonly by?: string;
  readonly json?: true;
}

/** What every acting command carries: who gives it, and an id under which it is taken once however often it arrives. */
export interface CommandStamp {
  readonly by: string;
  readonly command_id: string;
}

const SIGNALLED = "no worker answered: sent as a signal, it will be honoured when one is back";

/** Adds the flags that every acting command has. */
export function withActFlags(command: Command): Command {
  return withConnection(command)
    .option("--by <name>", "who gives the command (default: your user name)")
    .option("--json", "for machines");
}

export function stamp(flags: ActFlags, io: Io): CommandStamp {
  return { by: flags.by ?? io.user, command_id: randomUUID() };
}

/**
 * Prints how a command was taken. Throws CLI-002 with the refusal, and `absent` when there was nobody to take it. `target` is what
 * the person named.
 */
export function reportTold(
  session: Session,
  told: Told,
  target: string,
  flags: ActFlags,
  absent: () => TocsinError,
): ExitCode {
  const { io } = session;
  if (told.how === "absent") throw absent();
  if (told.how === "answered" && !told.answer.ok) {
    throw new TocsinError("CLI-002", `${target}: ${told.answer.text}`);
  }
  const text = told.how === "answered" ? told.answer.text : SIGNALLED;
  if (flags.json) printEnvelope(io, "command", { target, how: told.how, text });
  else if (told.how === "answered") say(io, [`${target}: ${text}`]);
  else note(io, `${target}: ${text}`);
  return EXIT.ok;
}

/** Nobody has an open incident of this service. */
export function noIncident(target: string): () => TocsinError {
  return () => new TocsinError("CLI-003", `no incident is open for ${target}`);
}
