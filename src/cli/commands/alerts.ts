/** `tocsin alerts`: every alert that is not simply good, with its clock and what its last reading said. */

import type { Command } from "commander";

import type { ExitCode } from "../../errors.js";
import { EXIT } from "../../errors.js";
import type { AlertRow } from "../alert-rows.js";
import { liveRows, ofSystem, storedRows } from "../alert-rows.js";
import { blindSpots } from "../blindness.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import { fromStore } from "../from-store.js";
import type { Installation } from "../installation.js";
import { appliedPlan, monitorName, monitorsNow } from "../monitors.js";
import { nothingHere } from "../nothing-here.js";
import { severityPaint, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../output/times.js";
import type { PauseRow } from "../pauses.js";
import { pauseLines, pausesNow } from "../pauses.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import { unknownSystem } from "../unknown-name.js";

interface AlertsFlags extends ConnectionFlags {
  readonly json?: true;
  readonly wide?: true;
}

interface Gathered {
  readonly rows: readonly AlertRow[];
  readonly pauses: readonly PauseRow[];
  /** Systems whose alerts are those last stored. */
  readonly stored: readonly string[];
  /** Systems of which nothing could be learned. */
  readonly missing: readonly string[];
}

/** Edges read back when monitors do not answer. */
const STORED_EDGES = 5_000;

export function registerAlerts(program: Command, session: Session): void {
  withConnection(program.command("alerts"))
    .description("list every alert that is not simply good")
    .argument("[system]", "only this one")
    .option("--wide", "do not cut what the last reading said")
    .option("--json", "for machines")
    .action((system: string | undefined, flags: AlertsFlags) =>
      withInstallation(session, flags, (installation) => alerts(session, installation, system, flags)),
    );
}

async function alerts(
  session: Session,
  installation: Installation,
  system: string | undefined,
  flags: AlertsFlags,
): Promise<ExitCode> {
  const { io } = session;
  const { rows, pauses, stored, missing } = await withProgress(io, "asking the monitors", () =>
    gather(session, installation, system),
  );
  if (stored.length > 0) {
    note(io, `no worker answers for ${stored.join(", ")}: what was stored last, which may have changed`);
  }
  if (missing.length > 0)
    note(io, `nothing is known of ${missing.join(", ")}: no worker answers and the store is away`);
  if (flags.json) printEnvelope(io, "alerts", rows, { at: io.now(), stored, missing, pauses });
  else sayAlerts(session, rows, pauses, flags);
  if (rows.length === 0 && missing.length === 0 && !flags.json)
    note(io, "no alert is firing, pending or unknown");
  return missing.length > 0 ? EXIT.unreachable : EXIT.ok;
}

function sayAlerts(
  session: Session,
  rows: readonly AlertRow[],
  pauses: readonly PauseRow[],
  flags: AlertsFlags,
): void {
  const { io } = session;
  say(io, table(columns(session), rows, flags.wide ? Number.MAX_SAFE_INTEGER : io.width));
  const lines = pauseLines(pauses, io.now(), io.width);
  if (lines.length > 0) say(io, rows.length === 0 ? lines : ["", ...lines]);
}

async function gather(
  session: Session,
  installation: Installation,
  system: string | undefined,
): Promise<Gathered> {
  const operations = await installation.operations();
  const plan = await appliedPlan(installation);
  const monitors = await monitorsNow(operations, plan, system);
  if (monitors.length === 0 && plan === undefined) {
    const store = await fromStore(installation, (each) => each.ping());
    const nothing = nothingHere(installation.context, { monitors: 0, plan, store: store.there });
    if (nothing !== undefined) throw nothing;
  }
  if (system !== undefined && monitors.length === 0) throw unknownSystem(plan, system);
  for (const { reason } of blindSpots(monitors, session.io.now())) note(session.io, `blind: ${reason}`);
  const pauses = pausesNow(monitors, session.io.now());
  const live = liveRows(
    monitors.flatMap(({ asked }) => (asked.state === "answered" ? asked.value.alerts : [])),
    pauses,
  );
  const silent = [
    ...new Set(
      monitors.flatMap(({ monitor, asked }) => (asked.state === "answered" ? [] : [monitorName(monitor)])),
    ),
  ];
  if (silent.length === 0) return { rows: live, pauses, stored: [], missing: [] };
  const edges = await fromStore(installation, (store) => store.transitions({ limit: STORED_EDGES }));
  if (!edges.there) return { rows: live, pauses, stored: [], missing: silent };
  const known = new Set(live.map(({ alert }) => alert));
  const systems = new Set(silent.map((name) => name.split(":")[0] ?? name));
  const rows = ofSystem(storedRows(edges.value), system).filter(
    ({ alert }) => !known.has(alert) && systems.has(alert.split("/")[0] ?? ""),
  );
  return { rows: [...live, ...rows], pauses, stored: silent, missing: [] };
}

function columns(session: Session): readonly Column<AlertRow>[] {
  const colors = colorsOf(session.io);
  const now = session.io.now();
  return [
    { title: "ALERT", text: ({ alert }) => alert },
    { title: "STATE", text: ({ state }) => state, paint: ({ state }) => statePaint(state, colors) },
    {
      title: "SEVERITY",
      text: ({ severity }) => severity ?? "?",
      paint: ({ severity }) => severityPaint(severity, colors),
    },
    { title: "CLOCK", text: (row) => clockText(row, now) },
    { title: "LAST READING", text: ({ reason }) => reason, flexible: true },
  ];
}

/** What a person wants to know of its time: when it will fire or resolve, else since when it is so. */
export function clockText({ state, deadline, since }: AlertRow, now: number): string {
  if (deadline !== undefined)
    return `${state.startsWith("pending") ? "fires" : "ends"} ${clock(deadline, now)}`;
  return since === undefined ? "" : `since ${clock(since, now)}`;
}
