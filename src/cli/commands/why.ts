/** `tocsin why`: why somebody was told, or was not. */

import type { Command } from "commander";

import { EXIT } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { durationMs } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { whyTarget } from "../../views/target.js";
import { readWhy } from "../../views/why/why.js";
import { renderWhy } from "../why-render.js";

interface WhyFlags extends ConnectionFlags {
  readonly since: number;
  readonly all?: true;
  readonly json?: true;
}

const DAY = "24h";

export function registerWhy(program: Command, session: Session): void {
  withConnection(program.command("why"))
    .description("explain why somebody was told, or was not")
    .argument("<which>", "<system>/<service>, a check's or an alert's id")
    .option("--since <duration>", `how far to look back (default ${DAY})`, durationMs, durationMs(DAY))
    .option("--all", "every time it was in trouble, not only the last")
    .option("--json", "for machines")
    .action((which: string, flags: WhyFlags) => {
      // Said before anything is opened: a name that can be none is a slip of the fingers.
      whyTarget(which);
      return withInstallation(session, flags, (installation) => why(session, installation, which, flags));
    });
}

async function why(
  session: Session,
  installation: Installation,
  which: string,
  flags: WhyFlags,
): Promise<ExitCode> {
  const { io } = session;
  const now = io.now();
  const from = now - flags.since;
  const { data, notes } = await withProgress(io, "reading what happened", () =>
    readWhy(installation, which, { now, from, all: flags.all === true }),
  );
  for (const line of notes) note(io, line);
  if (flags.json) {
    printEnvelope(io, "why", data, { target: which, at: now, from, notes });
  } else say(io, renderWhy(data.lines, now, io.width, colorsOf(io)));
  return EXIT.ok;
}
