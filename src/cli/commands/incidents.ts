/** `tocsin incidents`: the conversations, open ones first; with a name, everything that was said in one of them. */

import type { Command } from "commander";

import { EXIT } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { IncidentSummary } from "../../store/store.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../../views/from-store.js";
import type { Installation } from "../installation.js";
import type { MeantIncident } from "../../views/incidents.js";
import { namedIncident, newestIncidents, readTimeline } from "../../views/incidents.js";
import { openIncidents } from "../../views/open-incidents.js";
import { incidentColumns } from "../incident-columns.js";
import { severityPaint, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { span } from "../../views/times.js";
import { positiveInteger } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { timelineLines } from "../timeline-lines.js";

interface IncidentsFlags extends ConnectionFlags {
  readonly open?: true;
  readonly limit: number;
  readonly json?: true;
}

export function registerIncidents(program: Command, session: Session): void {
  withConnection(program.command("incidents"))
    .alias("incident")
    .description("list incidents, or show all that happened in one")
    .argument("[which]", "<system>/<service> (its newest) or an incident's id")
    .option("--open", "only the open ones")
    .option("--limit <count>", "at most so many", positiveInteger, 20)
    .option("--json", "for machines")
    .action((which: string | undefined, flags: IncidentsFlags) => {
      const meant = which === undefined ? undefined : namedIncident(which);
      return withInstallation(session, flags, (installation) =>
        meant === undefined ? list(session, installation, flags) : show(session, installation, meant, flags),
      );
    });
}

async function list(session: Session, installation: Installation, flags: IncidentsFlags): Promise<ExitCode> {
  const { io } = session;
  const found = await fromStore(installation, (store) =>
    newestIncidents(store, { open: flags.open === true, limit: flags.limit }),
  );
  if (!found.there) {
    note(io, `store away (${found.why}): live state, open incidents only`);
    const open = await openIncidents(await installation.operations());
    if (flags.json) printEnvelope(io, "incidents", open, { at: io.now(), source: "live" });
    else say(io, table(incidentColumns(session), open, io.width));
    return EXIT.ok;
  }
  if (flags.json) printEnvelope(io, "incidents", found.value, { at: io.now(), source: "store" });
  else if (found.value.length > 0) say(io, table(columns(session), found.value, io.width));
  else note(io, flags.open ? "no incident is open" : "there has been no incident");
  return EXIT.ok;
}

async function show(
  session: Session,
  installation: Installation,
  meant: MeantIncident,
  flags: IncidentsFlags,
): Promise<ExitCode> {
  const { io } = session;
  const { timeline, storeAway } = await readTimeline(installation, meant);
  if (storeAway !== undefined) note(io, `store away (${storeAway}): live state, the newest lines only`);
  if (flags.json)
    printEnvelope(io, "timeline", timeline.lines, { incident: timeline.incident, at: io.now() });
  else say(io, [timeline.incident, ...timelineLines(timeline.lines, io.now(), io.width, colorsOf(io))]);
  return EXIT.ok;
}

function columns(session: Session): readonly Column<IncidentSummary>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const state = ({ endedAt, closedAt }: IncidentSummary): string =>
    closedAt !== undefined ? "closed" : endedAt !== undefined ? "ended" : "open";
  return [
    { title: "INCIDENT", text: ({ incident }) => incident },
    {
      title: "SEVERITY",
      text: ({ severity }) => severity,
      paint: ({ severity }) => severityPaint(severity, colors),
    },
    { title: "STATE", text: state, paint: (row) => statePaint(state(row), colors) },
    { title: "LASTED", text: ({ openedAt, endedAt }) => span((endedAt ?? now) - openedAt) },
  ];
}
