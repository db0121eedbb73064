/** `tocsin incidents`: the conversations, open ones first; with a name, how one of them stands and everything that was said in it. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { IncidentId } from "../../domain/ids.js";
import { oneLine, wrap } from "../../lib/text.js";
import type { IncidentSummary, Store } from "../../store/store.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../from-store.js";
import type { IncidentRow } from "../incident-rows.js";
import { headline } from "../incident-now.js";
import { incidentRowColumns, isOpen, liveRows, storedRow } from "../incident-rows.js";
import type { IncidentStory, Meant } from "../incident-timeline.js";
import { incidentStory, operationsOr, TEMPORAL_AWAY } from "../incident-timeline.js";
import type { Installation } from "../installation.js";
import { appliedPlan } from "../monitors.js";
import { nothingHere } from "../nothing-here.js";
import { incidentColumns, openIncidents } from "../open-incidents.js";
import { statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import { positiveInteger } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { serviceTarget } from "../target.js";
import { timelineLines } from "../timeline.js";

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
      const meant = which === undefined ? undefined : named(which);
      return withInstallation(session, flags, (installation) =>
        meant === undefined ? list(session, installation, flags) : show(session, installation, meant, flags),
      );
    });
}

async function list(session: Session, installation: Installation, flags: IncidentsFlags): Promise<ExitCode> {
  const { io } = session;
  const found = await fromStore(installation, (store) => newestFirst(store, flags));
  if (!found.there) return listOpen(session, installation, found.why, flags);
  const { all, live } = await withProgress(io, "asking the incidents", () =>
    overlaid(installation, found.value),
  );
  if (!live) note(io, TEMPORAL_AWAY);
  const rows = all.filter((row) => !flags.open || isOpen(row)).slice(0, flags.limit);
  if (flags.json) {
    printEnvelope(io, "incidents", rows, { at: io.now(), source: "store", live });
  } else if (rows.length > 0) say(io, table(incidentRowColumns(session, rows), rows, io.width));
  else note(io, flags.open ? "no incident is open" : "there has been no incident");
  return EXIT.ok;
}

/** What was stored, and over it what runs says; `live` is false when Temporal does not answer. */
async function overlaid(
  installation: Installation,
  stored: readonly IncidentSummary[],
): Promise<{ readonly all: readonly IncidentRow[]; readonly live: boolean }> {
  const operations = await operationsOr(installation, true);
  return operations === undefined
    ? { all: stored.map(storedRow), live: false }
    : { all: await liveRows(operations, stored), live: true };
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
  const nothing = nothingHere(installation.context, { monitors: monitors.length, plan, store: false });
  if (nothing !== undefined) throw nothing;
  note(io, `store away (${why}): live state, open incidents only`);
  const open = await openIncidents(operations);
  if (flags.json) printEnvelope(io, "incidents", open, { at: io.now(), source: "live", live: true });
  else if (open.length > 0) say(io, table(incidentColumns(session), open, io.width));
  else note(io, "no incident is open");
  return EXIT.ok;
}

/** All that are open, then the newest of the others up to the limit. */
async function newestFirst(
  store: Store,
  { open, limit }: IncidentsFlags,
): Promise<readonly IncidentSummary[]> {
  const opened = await store.incidents({ open: true, limit });
  if (open) return opened;
  const others = await store.incidents({ open: false, limit });
  return [...opened, ...others].slice(0, limit);
}

async function show(
  session: Session,
  installation: Installation,
  meant: Meant,
  flags: IncidentsFlags,
): Promise<ExitCode> {
  const { io } = session;
  const story = await withProgress(io, "asking the incident", () => incidentStory(installation, meant));
  if (story === undefined) {
    throw new TocsinError("CLI-003", `no incident of ${meant.incident ?? meant.service} is known`);
  }
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

function named(which: string): Meant {
  const at = which.indexOf("@");
  if (at < 0) return { service: serviceTarget(which) };
  return { service: serviceTarget(which.slice(0, at)), incident: which as IncidentId };
}
