/** `tocsin alerts`: every alert that is not simply good, with its clock and what its last reading said. */

import type { Command } from "commander";

import type { ExitCode } from "../../errors.js";
import { EXIT } from "../../errors.js";
import type { AlertRow } from "../../views/alert-rows.js";
import { readAlerts } from "../../views/alerts.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import { nothingHere } from "../nothing-here.js";
import { severityPaint, statePaint } from "../output/colors.js";
import { printEnvelope } from "../output/envelope.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Column } from "../output/table.js";
import { clock } from "../../views/times.js";
import type { PauseRow } from "../../views/pauses.js";
import { pauseLines } from "../pause-lines.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";

interface AlertsFlags extends ConnectionFlags {
  readonly json?: true;
  readonly wide?: true;
}

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
  const { rows, pauses, stored, missing, blind, nothingKnown } = await withProgress(
    io,
    "asking the monitors",
    () => readAlerts(installation, system, io.now()),
  );
  if (nothingKnown) throw nothingHere(installation.context);
  for (const reason of blind) note(io, `blind: ${reason}`);
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
