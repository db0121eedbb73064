/** `tocsin pause` and `tocsin resume`: stop probing a check, a service or a system for a time, or stop telling of an incident. */

import type { Command } from "commander";

import { TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { MonitorPauseCommand } from "../../domain/commands.js";
import type { ServiceId } from "../../domain/ids.js";
import type { ActFlags } from "../act-on.js";
import { noIncident, reportTold, stamp, withActFlags } from "../act-on.js";
import type { Installation } from "../installation.js";
import { tellMonitors } from "../monitor-targets.js";
import { durationText } from "../parse-values.js";
import type { Session } from "../session.js";
import { withInstallation } from "../session.js";
import type { ScopeTarget } from "../../views/target.js";
import { scopeTarget, serviceTarget } from "../../views/target.js";

interface PauseFlags extends ActFlags {
  readonly for?: string;
  readonly reason?: string;
  readonly incident?: true;
  readonly all?: true;
}

const WHICH = "<system>[/<service>[/<check>]]";

export function registerPause(program: Command, session: Session): void {
  withActFlags(program.command("pause"))
    .description("stop probing and judging for a time; with --incident, stop telling")
    .argument("<which>", WHICH)
    .option("--for <duration>", "at most 7d (default 1h)", durationText)
    .option("--reason <text>", "why; shown to everybody who looks")
    .option("--incident", "only stop telling of the service's incident: it is still probed, ends are told")
    .option("--all", "a whole system is meant")
    .action((which: string, flags: PauseFlags) => pauseOrResume(session, which, flags, "pause"));
}

export function registerResume(program: Command, session: Session): void {
  withActFlags(program.command("resume"))
    .description("end a pause: what it covered is probed at once")
    .argument("<which>", WHICH)
    .option("--incident", "the pause of the service's incident")
    .option("--all", "a whole system is meant")
    .action((which: string, flags: PauseFlags) => pauseOrResume(session, which, flags, "resume"));
}

function pauseOrResume(
  session: Session,
  which: string,
  flags: PauseFlags,
  name: "pause" | "resume",
): Promise<void> {
  if (flags.incident) {
    const service = serviceTarget(which);
    return withInstallation(session, flags, (installation) =>
      incident(session, installation, service, flags, name),
    );
  }
  const scope = scopeTarget(which);
  if (scope.service === undefined && !flags.all) {
    throw new TocsinError(
      "CLI-001",
      `'${which}' is a whole system: say --all if you mean every service of it`,
    );
  }
  return withInstallation(session, flags, (installation) =>
    monitors(session, installation, scope, flags, name),
  );
}

async function incident(
  session: Session,
  installation: Installation,
  service: ServiceId,
  flags: PauseFlags,
  name: "pause" | "resume",
): Promise<ExitCode> {
  const operations = await installation.operations();
  const told = await operations.commandIncident(service, name, {
    ...stamp(flags, session.io),
    ...pauseFields(flags, name),
  });
  return reportTold(session, told, service, flags, noIncident(service));
}

async function monitors(
  session: Session,
  installation: Installation,
  scope: ScopeTarget,
  flags: PauseFlags,
  name: "pause" | "resume",
): Promise<ExitCode> {
  const { system, ...within } = scope;
  const input: MonitorPauseCommand = { ...stamp(flags, session.io), ...pauseFields(flags, name), ...within };
  const told = await tellMonitors(installation, scope, name, input);
  const target = Object.values(scope).join("/");
  return reportTold(session, told, target, flags, () => {
    return new TocsinError("CLI-005", `no monitor runs for ${system}`);
  });
}

function pauseFields(
  flags: PauseFlags,
  name: "pause" | "resume",
): Pick<MonitorPauseCommand, "for" | "reason"> {
  if (name === "resume") return {};
  return {
    ...(flags.for === undefined ? {} : { for: flags.for }),
    ...(flags.reason === undefined ? {} : { reason: flags.reason }),
  };
}
