/** `tocsin ack` and `tocsin unack`: a person has it, or has it no more. */

import type { Command } from "commander";

import { TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { AlertId, ServiceId } from "../../domain/ids.js";
import { serviceOfAlert } from "../../domain/ids.js";
import type { Operations } from "../../temporal/operations.js";
import type { ActFlags } from "../act-on.js";
import { noIncident, reportTold, stamp, withActFlags } from "../act-on.js";
import type { Installation } from "../installation.js";
import { openIncidents } from "../../views/open-incidents.js";
import { incidentColumns } from "../incident-columns.js";
import { table } from "../output/table.js";
import { durationText, gathered } from "../parse-values.js";
import type { Session } from "../session.js";
import { say, withInstallation } from "../session.js";
import { serviceTarget, whyTarget } from "../../views/target.js";

interface AckFlags extends ActFlags {
  readonly for?: string;
  readonly note?: string;
  readonly alert?: readonly string[];
}

interface AckTarget {
  readonly service: ServiceId;
  /** Only these; absent: everything that fires in the incident. */
  readonly alerts?: readonly AlertId[];
}

export function registerAck(program: Command, session: Session): void {
  withActFlags(program.command("ack"))
    .description("say that you have it: no further steps and repeats")
    .argument("[which]", "<system>/<service>, or one alert's id; alone: the only open incident")
    .option("--for <duration>", "until then, at most 24h (default: the policy's)", durationText)
    .option("--note <text>", "what others should know")
    .option("--alert <id>", "only this alert; may be repeated", gathered)
    .action((which: string | undefined, flags: AckFlags) => {
      const meant = which === undefined ? undefined : named(which);
      return withInstallation(session, flags, (installation) => ack(session, installation, meant, flags));
    });
}

export function registerUnack(program: Command, session: Session): void {
  withActFlags(program.command("unack"))
    .description("take an acknowledgement back: it pages again")
    .argument("[which]", "<system>/<service>; alone: the only open incident")
    .action((which: string | undefined, flags: ActFlags) => {
      const meant = which === undefined ? undefined : { service: serviceTarget(which) };
      return withInstallation(session, flags, async (installation) => {
        const operations = await installation.operations();
        const { service } = meant ?? (await onlyOpen(session, operations));
        const told = await operations.commandIncident(service, "unacknowledge", stamp(flags, session.io));
        return reportTold(session, told, service, flags, noIncident(service));
      });
    });
}

async function ack(
  session: Session,
  installation: Installation,
  meant: AckTarget | undefined,
  flags: AckFlags,
): Promise<ExitCode> {
  const operations = await installation.operations();
  const { service, alerts = [] } = meant ?? (await onlyOpen(session, operations));
  const only = [...alerts, ...(flags.alert ?? [])];
  const told = await operations.commandIncident(service, "acknowledge", {
    ...stamp(flags, session.io),
    ...(flags.for === undefined ? {} : { for: flags.for }),
    ...(flags.note === undefined ? {} : { note: flags.note }),
    ...(only.length === 0 ? {} : { alerts: only }),
  });
  return reportTold(session, told, service, flags, noIncident(service));
}

/** The only incident that is open. Throws CLI-003 when none is, and CLI-004 after listing them when there are several. */
async function onlyOpen(session: Session, operations: Operations): Promise<AckTarget> {
  const open = await openIncidents(operations);
  const [only, ...others] = open;
  if (only === undefined) throw new TocsinError("CLI-003", "no incident is open");
  if (others.length === 0) return { service: only.service };
  say(session.io, table(incidentColumns(session), open, session.io.width));
  throw new TocsinError("CLI-004", `${open.length} incidents are open`);
}

function named(which: string): AckTarget {
  if (which.split("/").length < 4) return { service: serviceTarget(which) };
  const wanted = whyTarget(which);
  return wanted.kind === "alert"
    ? { service: serviceOfAlert(wanted.alert), alerts: [wanted.alert] }
    : { service: wanted.service };
}
