/** `tocsin resolve`, `escalate`, `comment`: what else a person does to an incident. */

import type { Command } from "commander";

import type { IncidentCommandName, IncidentCommands } from "../../domain/commands.js";
import type { ActFlags, CommandStamp } from "../act-on.js";
import { noIncident, reportTold, stamp, withActFlags } from "../act-on.js";
import { spokenText } from "../parse-values.js";
import type { Session } from "../session.js";
import { withInstallation } from "../session.js";
import { serviceTarget } from "../../views/target.js";

const WHICH = "<system>/<service>";

interface ReasonFlags extends ActFlags {
  readonly reason?: string;
}

export function registerResolve(program: Command, session: Session): void {
  withActFlags(program.command("resolve"))
    .description("end an incident by hand: its alerts are released, the ends are told")
    .argument("<which>", WHICH)
    .option("--reason <text>", "why")
    .action((which: string, flags: ReasonFlags) =>
      give(session, which, flags, "resolve", (stamped) => ({
        ...stamped,
        ...(flags.reason === undefined ? {} : { reason: flags.reason }),
      })),
    );
}

export function registerEscalate(program: Command, session: Session): void {
  withActFlags(program.command("escalate"))
    .description("tell the next step now")
    .argument("<which>", WHICH)
    .action((which: string, flags: ActFlags) =>
      give(session, which, flags, "escalate", (stamped) => stamped),
    );
}

export function registerComment(program: Command, session: Session): void {
  withActFlags(program.command("comment"))
    .description("note something in an incident's timeline")
    .argument("<which>", WHICH)
    .argument("<text>", "what to note", spokenText)
    .action((which: string, text: string, flags: ActFlags) =>
      give(session, which, flags, "comment", (stamped) => ({ ...stamped, text })),
    );
}

function give<Name extends IncidentCommandName>(
  session: Session,
  which: string,
  flags: ActFlags,
  name: Name,
  input: (stamped: CommandStamp) => IncidentCommands[Name],
): Promise<void> {
  const service = serviceTarget(which);
  return withInstallation(session, flags, async (installation) => {
    const operations = await installation.operations();
    const told = await operations.commandIncident(service, name, input(stamp(flags, session.io)));
    return reportTold(session, told, service, flags, noIncident(service));
  });
}
