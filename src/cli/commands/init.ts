/** `tocsin init`: writes a first configuration, and never over another. */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";

import type { Command } from "commander";

import { STARTER } from "../../config/starter.js";
import { TocsinError } from "../../errors.js";
import { errorCode, errorText } from "../../lib/error-code.js";
import { note, say } from "../session.js";
import type { Session } from "../session.js";

/** The file that commands take when none is named. */
export const DEFAULT_CONFIG = "tocsin.yaml";

export function registerInit(program: Command, session: Session): void {
  program
    .command("init")
    .description("write a commented configuration to start from")
    .argument("[file]", "where to", DEFAULT_CONFIG)
    .action(async (file: string) => {
      await writeStarter(resolve(session.io.cwd, file), file);
      say(session.io, [file]);
      note(session.io, `next: tocsin validate ${file}, then tocsin up --config ${file}`);
    });
}

/** Rejects with CFG-040 when something is there already, CFG-041 when it cannot be written. `shown` names it in errors. */
export async function writeStarter(path: string, shown: string): Promise<void> {
  try {
    await writeFile(path, STARTER, { flag: "wx" });
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") throw new TocsinError("CFG-040", `${shown} is there already`, { cause: error });
    throw new TocsinError("CFG-041", `${shown} cannot be written: ${code ?? errorText(error)}`, {
      cause: error,
    });
  }
}
