/** `tocsin status`: whether Tocsin sees, what fires, who has it. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import { isEpisode } from "../../domain/alert-machine.js";
import type { MonitorStatus } from "../../temporal/live-status.js";
import type { Operations } from "../../temporal/operations.js";
import type { BlindSpot } from "../blindness.js";
import { blindSpots } from "../blindness.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../from-store.js";
import type { Installation } from "../installation.js";
import type { MonitorNow } from "../monitors.js";
import { appliedPlan, monitorName, monitorsNow } from "../monitors.js";
import type { OpenIncident } from "../open-incidents.js";
import { incidentColumns, openIncidents } from "../open-incidents.js";
import { printEnvelope } from "../output/envelope.js";
import { statePaint } from "../output/colors.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { span } from "../output/times.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";

interface StatusFlags extends ConnectionFlags {
  readonly json?: true;
}

interface SystemRow {
  readonly monitor: string;
  readonly state: string;
  readonly firing: number;
  readonly pending: number;
  readonly unknown: number;
  readonly paused: number;
  readonly checks: number;
  /** The lane that is furthest behind, against its interval. */
  readonly sweptAt?: number;
  readonly revision?: string;
}

export function registerStatus(program: Command, session: Session): void {
  withConnection(program.command("status"))
    .description("say whether Tocsin sees, what fires and who has it")
    .argument("[system]", "only this one")
    .option("--json", "for machines")
    .action((system: string | undefined, flags: StatusFlags) =>
      withInstallation(session, flags, (installation) => status(session, installation, system, flags)),
    );
}

async function status(
  session: Session,
  installation: Installation,
  system: string | undefined,
  flags: StatusFlags,
): Promise<ExitCode> {
  const { io } = session;
  let operations: Operations;
  try {
    operations = await withProgress(io, `connecting to ${installation.context.address}`, () =>
      installation.operations(),
    );
  } catch (error) {
    sayUnreachable(session, installation, error, flags);
    throw error;
  }
  const plan = await appliedPlan(installation);
  const [monitors, incidents, store] = await withProgress(io, "asking the monitors", () =>
    Promise.all([
      monitorsNow(operations, plan, system),
      openIncidents(operations, system),
      fromStore(installation, (each) => each.ping()),
    ]),
  );
  const now = io.now();
  if (system !== undefined && monitors.length === 0) {
    throw new TocsinError("CLI-005", `no monitor runs for ${system}, and no configuration asks for one`);
  }
  const blind = blindSpots(monitors, now);
  const rows = monitors.map((monitor) => systemRow(monitor, now));
  if (!store.there) note(io, `store away: ${store.why}`);
  if (flags.json) {
    printEnvelope(
      io,
      "status",
      { blind, systems: rows, incidents },
      {
        at: now,
        store: store.there ? "ok" : "away",
        ...(plan === undefined ? {} : { revision: plan.revision }),
      },
    );
  } else sayStatus(session, blind, rows, incidents);
  return foundSomething(blind.length > 0 || incidents.length > 0 || rows.some(({ firing }) => firing > 0));
}

/** Whoever cannot reach Temporal is blind, and says that before anything else. */
function sayUnreachable(
  session: Session,
  { context }: Installation,
  error: unknown,
  flags: StatusFlags,
): void {
  if (!(error instanceof TocsinError) || error.exit !== EXIT.unreachable) return;
  const reason = `Temporal does not answer at ${context.address} (from ${context.from})`;
  if (flags.json) printEnvelope(session.io, "status", { blind: [{ reason }], systems: [], incidents: [] });
  else sayBlind(session, [{ system: "", reason: `${reason}: whether anything is watched is not known` }]);
}

function sayStatus(
  session: Session,
  blind: readonly BlindSpot[],
  rows: readonly SystemRow[],
  incidents: readonly OpenIncident[],
): void {
  const { io } = session;
  sayBlind(session, blind);
  if (blind.length > 0) say(io, [""]);
  if (rows.length === 0) {
    say(io, ["Nothing is watched: no configuration has been applied."]);
    return;
  }
  say(io, table(systemColumns(session), rows, io.width));
  if (incidents.length > 0) say(io, ["", ...table(incidentColumns(session), incidents, io.width)]);
  else if (blind.length === 0 && rows.every(({ firing }) => firing === 0)) say(io, ["", quietText(rows)]);
}

function quietText(rows: readonly SystemRow[]): string {
  const pending = rows.reduce((sum, row) => sum + row.pending, 0);
  if (pending === 0) return "Nothing fires.";
  return `Nothing fires; ${pending} ${pending === 1 ? "alert is" : "alerts are"} about to: tocsin alerts.`;
}

function sayBlind(session: Session, blind: readonly BlindSpot[]): void {
  const { bad } = colorsOf(session.io);
  say(
    session.io,
    blind.map(({ reason }) => `${bad("BLIND")}: ${reason}.`),
  );
}

function systemRow(each: MonitorNow, now: number): SystemRow {
  const { monitor, asked } = each;
  const name = monitorName(monitor);
  if (asked.state !== "answered") {
    const state = asked.state === "absent" ? "not running" : "no worker";
    return { monitor: name, state, firing: 0, pending: 0, unknown: 0, paused: 0, checks: 0 };
  }
  const { value } = asked;
  const sweptAt = furthestBehind(value);
  return {
    monitor: name,
    // A monitor whose sweeps do not come back is the last to know that nothing it says is good.
    state: value.state === "good" && blindSpots([each], now).length > 0 ? "blind" : value.state,
    firing: value.alerts.filter(isEpisode).length,
    pending: value.alerts.filter(({ state }) => state === "pending").length,
    unknown: value.alerts.filter(({ unknownSince }) => unknownSince !== undefined).length,
    paused: value.pauses.length,
    checks: value.checks,
    revision: value.revision,
    ...(sweptAt === undefined ? {} : { sweptAt }),
  };
}

function furthestBehind({ lanes }: MonitorStatus): number | undefined {
  const swept = lanes.flatMap(({ sweptAt, everyMs }) =>
    sweptAt === undefined ? [] : [{ sweptAt, everyMs }],
  );
  const latest = Math.max(...swept.map(({ sweptAt }) => sweptAt));
  const behind = ({ sweptAt, everyMs }: (typeof swept)[number]): number => (latest - sweptAt) / everyMs;
  return swept.sort((a, b) => behind(b) - behind(a))[0]?.sweptAt;
}

function systemColumns(session: Session): readonly Column<SystemRow>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  const count = (title: string, of: (row: SystemRow) => number): Column<SystemRow> => ({
    title,
    text: (row) => (row.checks === 0 ? "-" : String(of(row))),
    align: "right",
  });
  return [
    { title: "SYSTEM", text: ({ monitor }) => monitor },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    count("FIRING", ({ firing }) => firing),
    count("PENDING", ({ pending }) => pending),
    count("UNKNOWN", ({ unknown }) => unknown),
    count("PAUSED", ({ paused }) => paused),
    count("CHECKS", ({ checks }) => checks),
    {
      title: "SWEPT",
      text: ({ sweptAt, checks }) =>
        sweptAt === undefined ? (checks === 0 ? "-" : "not yet") : `${span(now - sweptAt)} ago`,
    },
  ];
}
