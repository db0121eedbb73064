/** The one way in which the command line says that something failed. */

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { errorText } from "../../lib/error-code.js";
import { visible } from "../../lib/text.js";
import { asCalled } from "../called-as.js";
import type { Io } from "../io.js";
import { palette } from "./colors.js";

/** Prints what failed and what to do about it, and answers the exit code. A stack is shown only with `debug`. */
export function printFailure(io: Io, error: unknown, debug: boolean): ExitCode {
  const known = error instanceof TocsinError ? error : unknownFailure(error);
  const { bad, bold } = palette(io.colors.err);
  io.err(`${bad(`error ${known.code}`)}: ${visible(known.message)}\n`);
  io.err(`${bold("what to do")}: ${asCalled(known.remedy, io.env)}\n`);
  if (debug) io.err(`${stackOf(error)}\n`);
  return known.exit;
}

function unknownFailure(error: unknown): TocsinError {
  return new TocsinError("RUN-001", errorText(error) || "unknown", { cause: error });
}

function stackOf(error: unknown): string {
  const own = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause =
    error instanceof Error && error.cause !== undefined ? `\ncaused by ${stackOf(error.cause)}` : "";
  return own + cause;
}

/** How a command ends that found something a person should look at. */
export function foundSomething(found: boolean): ExitCode {
  return found ? EXIT.findings : EXIT.ok;
}
