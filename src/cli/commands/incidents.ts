/** `tocsin incidents`: the conversations, open ones first; with a name, how one of them stands and everything that was said in it. */

import type { Command } from "commander";

import { EXIT } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { oneLine, wrap } from "../../lib/text.js";
import { fromStore } from "../../views/from-store.js";
import { headline } from "../../views/incident-now.js";
import type { IncidentStory } from "../../views/incident-story.js";
import { incidentStory, TEMPORAL_AWAY } from "../../views/incident-story.js";
import type { Wanted } from "../../views/incidents.js";
import { incidentsNow, newestIncidents } from "../../views/incidents.js";
import type { MeantIncident } from "../../views/meant-incident.js";
import { namedIncident, unknownIncident } from "../../views/meant-incident.js";
import { appliedPlan } from "../../views/monitors.js";
import { openIncidents } from "../../views/open-incidents.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { incidentColumns } from "../incident-columns.js";
import { incidentRowColumns } from "../incident-row-columns.js";
import type { Installation } from "../installation.js";
import { nothingHere } from "../nothing-here.js";
import { statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
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
  const wanted: Wanted = { open: flags.open === true, limit: flags.limit };
  const found = await fromStore(installation, (store) => newestIncidents(store, wanted));
  if (!found.there) return listOpen(session, installation, found.why, flags);
  const { rows, live } = await withProgress(io, "asking the incidents", () =>
    incidentsNow(installation, found.value, wanted),
  );
  if (!live) note(io, TEMPORAL_AWAY);
  if (flags.json) {
    printEnvelope(io, "incidents", rows, { at: io.now(), source: "store", live });
  } else if (rows.length > 0) say(io, table(incidentRowColumns(session, rows), rows, io.width));
  else note(io, flags.open ? "no incident is open" : "there has been no incident");
  return EXIT.ok;
}

async function listOpen(
  session: Session,
  installation: Installation,
  why: string,
  flags: IncidentsFlags,
): Promise<ExitCode> {
  const { io } = session;
  const operations = await installation.operations();
  const [plan, monitors] = await Promise.all([appliedPlan(installation), operations.listMonitors()]);
  if (monitors.length === 0 && plan === undefined) throw nothingHere(installation.context);
  note(io, `store away (${why}): live state, open incidents only`);
  const open = await openIncidents(operations);
  if (flags.json) printEnvelope(io, "incidents", open, { at: io.now(), source: "live", live: true });
  else if (open.length > 0) say(io, table(incidentColumns(session), open, io.width));
  else note(io, "no incident is open");
  return EXIT.ok;
}

async function show(
  session: Session,
  installation: Installation,
  meant: MeantIncident,
  flags: IncidentsFlags,
): Promise<ExitCode> {
  const { io } = session;
  const story = await withProgress(io, "asking the incident", () => incidentStory(installation, meant));
  if (story === undefined) throw unknownIncident(meant);
  for (const line of story.notes) note(io, line);
  const { incident, lines, live, now } = story;
  if (flags.json) {
    const meta = { incident, at: io.now(), live, state: now?.state, by: now?.acknowledged?.by };
    printEnvelope(io, "timeline", lines, meta);
  } else say(io, [...headLines(session, story), ...timelineLines(lines, io.now(), io.width, colorsOf(io))]);
  return EXIT.ok;
}

/** Which it is, and how it stands: what whoever is woken wants to know before anything that happened. */
function headLines(session: Session, { incident, live, now }: IncidentStory): readonly string[] {
  if (now === undefined) return [incident];
  const { io } = session;
  const [state = "", ...more] = wrap(oneLine(headline(now, live, io.now())), io.width);
  const paint = statePaint(now.state, colorsOf(io));
  return [incident, state.replace(now.state, paint(now.state)), ...more];
}
