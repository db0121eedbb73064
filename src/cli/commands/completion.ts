/** `tocsin completion`: prints what makes a shell complete commands and flags. */

import type { Command } from "commander";
import { Argument } from "commander";

import type { Shell } from "../completion.js";
import { completionScript, SHELLS } from "../completion.js";
import type { Session } from "../session.js";

export function registerCompletion(program: Command, session: Session): void {
  program
    .command("completion")
    .description("print the completion script of a shell: source <(tocsin completion bash)")
    .addArgument(new Argument("<shell>", "which one").choices(SHELLS))
    .action((shell: Shell) => {
      session.io.out(completionScript(shell, program));
    });
}
