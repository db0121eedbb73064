/** `tocsin status`: whether Tocsin sees, what fires, who has it. */

import type { Command } from "commander";

import { EXIT, TocsinError } from "../../errors.js";
import type { ExitCode } from "../../errors.js";
import type { BlindSpot } from "../../views/blindness.js";
import type { ConnectionFlags } from "../context.js";
import { withConnection } from "../context.js";
import type { Installation } from "../installation.js";
import type { OpenIncident } from "../../views/open-incidents.js";
import { readStatus } from "../../views/status.js";
import { incidentColumns } from "../incident-columns.js";
import { printEnvelope } from "../output/envelope.js";
import { foundSomething } from "../output/failure.js";
import { withProgress } from "../output/progress.js";
import { table } from "../output/table.js";
import type { Session } from "../session.js";
import { colorsOf, note, say, withInstallation } from "../session.js";
import type { SystemRow } from "../../views/system-rows.js";
import { systemColumns } from "../system-columns.js";

interface StatusFlags extends ConnectionFlags {
  readonly json?: true;
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
  try {
    await withProgress(io, `connecting to ${installation.context.address}`, () => installation.operations());
  } catch (error) {
    sayUnreachable(session, installation, error, flags);
    throw error;
  }
  const now = io.now();
  const {
    status: read,
    store,
    revision,
  } = await withProgress(io, "asking the monitors", () => readStatus(installation, system, now));
  const { blind, systems, incidents } = read;
  if (!store.there) note(io, `store away: ${store.why}`);
  if (flags.json) {
    printEnvelope(io, "status", read, {
      at: now,
      store: store.there ? "ok" : "away",
      ...(revision === undefined ? {} : { revision }),
    });
  } else sayStatus(session, blind, systems, incidents);
  return foundSomething(blind.length > 0 || incidents.length > 0 || systems.some(({ firing }) => firing > 0));
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
