/** `tocsin incidents`: the conversations, open ones first; with a name, everything that was said in one of them. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { IncidentId, ServiceId } from "../../domain/ids.js";
import type { IncidentSummary, Store } from "../../store/store.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { FromStore } from "../from-store.js";
import { fromStore } from "../from-store.js";
import type { Installation } from "../installation.js";
import { appliedPlan } from "../monitors.js";
import { nothingHere } from "../nothing-here.js";
import { incidentColumns, openIncidents } from "../open-incidents.js";
import { severityPaint, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { span } from "../output/times.js";
import { positiveInteger } from "../parse-values.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { serviceTarget } from "../target.js";
import type { TimelineLine } from "../timeline.js";
import { liveTimeline, storedTimeline, timelineLines } from "../timeline.js";

interface IncidentsFlags extends ConnectionFlags {
  readonly open?: true;
  readonly limit: number;
  readonly json?: true;
}

interface Meant {
  readonly service: ServiceId;
  /** Absent: its newest. */
  readonly incident?: IncidentId;
}

interface Timeline {
  readonly incident: string;
  readonly lines: readonly TimelineLine[];
}

const MAX_DELIVERIES = 2_000;

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
  if (!found.there) {
    const operations = await installation.operations();
    const [plan, monitors] = await Promise.all([appliedPlan(installation), operations.listMonitors()]);
    const nothing = nothingHere(installation.context, { monitors: monitors.length, plan, store: false });
    if (nothing !== undefined) throw nothing;
    note(io, `store away (${found.why}): live state, open incidents only`);
    const open = await openIncidents(operations);
    if (flags.json) printEnvelope(io, "incidents", open, { at: io.now(), source: "live" });
    else say(io, table(incidentColumns(session), open, io.width));
    return EXIT.ok;
  }
  if (flags.json) printEnvelope(io, "incidents", found.value, { at: io.now(), source: "store" });
  else if (found.value.length > 0) say(io, table(columns(session), found.value, io.width));
  else note(io, flags.open ? "no incident is open" : "there has been no incident");
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
  const found = await fromStore(installation, (store) => storedIncident(store, meant));
  const timeline = await orLive(session, installation, meant, found);
  if (timeline === undefined) {
    throw new TocsinError("CLI-003", `no incident of ${meant.incident ?? meant.service} is known`);
  }
  if (flags.json)
    printEnvelope(io, "timeline", timeline.lines, { incident: timeline.incident, at: io.now() });
  else say(io, [timeline.incident, ...timelineLines(timeline.lines, io.now(), io.width, colorsOf(io))]);
  return EXIT.ok;
}

function named(which: string): Meant {
  const at = which.indexOf("@");
  if (at < 0) return { service: serviceTarget(which) };
  return { service: serviceTarget(which.slice(0, at)), incident: which as IncidentId };
}

async function storedIncident(store: Store, meant: Meant): Promise<Timeline | undefined> {
  const incident =
    meant.incident ?? (await store.incidents({ service: meant.service, limit: 1 }))[0]?.incident;
  if (incident === undefined) return undefined;
  const [events, deliveries] = await Promise.all([
    store.incidentEvents(incident),
    store.deliveries({ incident, limit: MAX_DELIVERIES }),
  ]);
  return events.length === 0 ? undefined : { incident, lines: storedTimeline(events, deliveries) };
}

/** The workflow remembers the newest lines itself, for the time in which the store is away or has not been told yet. */
async function orLive(
  session: Session,
  installation: Installation,
  { service }: Meant,
  found: FromStore<Timeline | undefined>,
): Promise<Timeline | undefined> {
  if (found.there && found.value !== undefined) return found.value;
  if (!found.there) note(session.io, `store away (${found.why}): live state, the newest lines only`);
  const operations = await installation.operations();
  const asked = await operations.incidentTimeline(service);
  if (asked.state === "no-worker")
    throw new TocsinError("CLI-008", `no worker answers for the incident of ${service}`);
  return asked.state === "absent" ? undefined : { incident: service, lines: liveTimeline(asked.value) };
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
